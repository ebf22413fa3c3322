import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { evaluateEnvironment } from "../../cli/evaluate";
import { lint } from "../../evaluate/lints";
import type { RecordedResource } from "../../evaluate/recorded";
import { components, runExample } from "../support/components";
import { record } from "../support/harness";

const examples = resolve(__dirname, "../../examples");

const problems = (resources: readonly RecordedResource[]): string[] =>
  lint(resources).map((problem) => `${problem.lint}: ${problem.resource.name}: ${problem.message}`);

describe("the lints of what AWS would refuse", function () {
  this.timeout(60_000);

  for (const environment of ["local", "dev", "prod"]) {
    it(`find nothing in ${environment}`, async () => {
      assert.deepEqual(problems(await evaluateEnvironment(environment)), []);
    });
  }

  for (const entry of readdirSync(examples, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    it(`find nothing in the example ${entry.name}`, async () => {
      const file = join(examples, entry.name, "index.ts");
      // A program that has run before must register its resources again.
      delete require.cache[file];
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { resources } = await record(() => require(file) as unknown);
      assert.deepEqual(problems(resources), []);
    });
  }

  for (const component of components) {
    it(`find nothing in the example of ${component.name}`, async () => {
      assert.deepEqual(problems((await runExample(component.example)).resources), []);
    });
  }
});
