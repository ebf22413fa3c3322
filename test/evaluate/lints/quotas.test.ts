import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import { evaluateEnvironment } from "../../../cli/evaluate";
import { lint } from "../../../evaluate/lints";
import { quotas } from "../../../evaluate/lints/quotas";
import type { RecordedResource } from "../../../evaluate/recorded";
import { record } from "../../support/harness";
import { manyDatasets } from "../../support/many-datasets";

const texts = (resources: readonly RecordedResource[]): string[] =>
  quotas(resources).map(({ resource, message }) => `${resource.name}: ${message}`);

describe("the lint of quotas", function () {
  this.timeout(120_000);

  describe("over 500 datasets with the longest names, half of them scheduled", () => {
    const folder = mkdtempSync(join(tmpdir(), "many-datasets-"));
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const environment of ["dev", "prod"]) {
      it(`finds nothing with the settings of ${environment}`, async () => {
        const file = manyDatasets(folder, environment, 500);
        const problems = lint(await evaluateEnvironment(environment, file));
        assert.deepEqual(
          problems.map(({ resource, message }) => `${resource.name}: ${message}`),
          [],
        );
      });
    }
  });

  const found = async (program: () => void): Promise<string[]> => texts((await record(program)).resources);

  it("reports a generated name that is too long, and one that is set", async () => {
    assert.deepEqual(
      await found(() => {
        new aws.iam.Role("r".repeat(57), { assumeRolePolicy: "{}" });
        new aws.iam.Role("fits".padEnd(56, "s"), { assumeRolePolicy: "{}" });
        new aws.iam.Role("begins", { assumeRolePolicy: "{}", namePrefix: "p".repeat(39) });
        new aws.sqs.Queue("queue", { name: "q".repeat(81) });
      }),
      [
        `${"r".repeat(57)}: the generated name has 65 characters, and at most 64 are allowed`,
        "begins: the name generated from namePrefix has 65 characters, and at most 64 are allowed",
        "queue: name has 81 characters, and at most 80 are allowed",
      ],
    );
  });
});
