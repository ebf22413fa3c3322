import assert from "node:assert/strict";
import { basename } from "node:path";
import * as z from "zod/mini";
import { evaluateEnvironment } from "../../cli/evaluate";
import { functionNames } from "../../components/core/platform-function/bundle";

/** What a component sets for Node.js itself, whatever the function. */
const FOR_NODE = ["NODE_OPTIONS"];

/** The schema of a function's variables, by the name of its folder. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const schemaOf = (name: string) => require(`../../functions/${name}/environment`).schema as z.ZodMiniObject;

interface Deployed {
  readonly where: string;
  readonly code: string;
  readonly variables: readonly string[];
}

describe("the variables that components pass to functions", () => {
  let deployed: readonly Deployed[];

  before(async function () {
    this.timeout(120_000);
    const found: Deployed[] = [];
    for (const environment of ["dev", "prod", "local"]) {
      for (const { type, name, inputs } of await evaluateEnvironment(environment)) {
        if (type !== "aws:lambda/function:Function") continue;
        const { code, environment: settings } = inputs as {
          code: { path: Promise<string> };
          environment: { variables: Record<string, unknown> };
        };
        found.push({
          where: `${name} of ${environment}`,
          code: basename(await code.path).replace(/-(x86_64|arm64)$/, ""),
          variables: Object.keys(settings.variables).filter((variable) => !FOR_NODE.includes(variable)),
        });
      }
    }
    deployed = found;
  });

  for (const name of functionNames()) {
    it(`are exactly those that ${name} parses`, () => {
      const own = deployed.filter(({ code }) => code === name);
      assert.ok(own.length > 0, `no environment deploys ${name}`);
      const { shape } = schemaOf(name);
      const optional = Object.entries(shape).flatMap(([key, type]) =>
        z.safeParse(type, undefined).success ? [key] : [],
      );
      for (const { where, variables } of own) {
        const expected = Object.keys(shape).filter((key) => !optional.includes(key) || variables.includes(key));
        assert.deepEqual([...variables].sort(), expected.sort(), where);
      }
    });
  }
});
