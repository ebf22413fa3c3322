import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import { evaluateEnvironment } from "../../../cli/evaluate";
import { lint, type LintProblem } from "../../../evaluate/lints";
import { quotas } from "../../../evaluate/lints/quotas";
import { COUNTS, type CountLimit } from "../../../evaluate/lints/quotas/counts";
import { NAMES } from "../../../evaluate/lints/quotas/names";
import { SIZES, type Unit } from "../../../evaluate/lints/quotas/sizes";
import { typeInfo } from "../../../evaluate/type-facts";
import { HANDLERS } from "../../../local/provider/registry";
import type { RecordedResource } from "../../../evaluate/recorded";
import { record } from "../../support/harness";
import { manyDatasets } from "../../support/many-datasets";

const texts = (resources: readonly RecordedResource[]): string[] =>
  quotas(resources)
    .map(({ resource, message }) => `${resource.name}: ${message}`)
    .sort();

describe("the lint of quotas", function () {
  this.timeout(300_000);

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
    const trust = { assumeRolePolicy: "{}" };
    assert.deepEqual(
      await found(() => {
        new aws.iam.Role("r".repeat(57), trust);
        new aws.iam.Role("fits".padEnd(56, "s"), trust);
        new aws.iam.Role("begins", { ...trust, namePrefix: "p".repeat(39) });
        new aws.sqs.Queue("queue", { name: "q".repeat(81) });
        new aws.sqs.Queue("o".repeat(68), { fifoQueue: true });
        new aws.sqs.Queue("f".repeat(72));
        new aws.kms.Alias("key", { targetKeyId: "key", name: `alias/${"k".repeat(250)}` });
      }),
      [
        "begins: the name generated from namePrefix has 65 characters, and at most 64 are allowed",
        `${"o".repeat(68)}: the generated name has 81 characters, and at most 80 are allowed`,
        "queue: name has 81 characters, and at most 80 are allowed",
        `${"r".repeat(57)}: the generated name has 65 characters, and at most 64 are allowed`,
      ],
    );
  });

  it("counts the inline policies of a role together, without their white space", async () => {
    const policy = (letters: number): string => JSON.stringify({ Statement: ["x".repeat(letters)] }, null, 8);
    assert.deepEqual(
      await found(() => {
        for (const [name, letters] of Object.entries({ a: 5000, b: 5000, c: 300 }))
          new aws.iam.RolePolicy(name, { role: "engine", policy: policy(letters) });
        new aws.iam.RolePolicy("alone", { role: "reader", policy: policy(5300) });
      }),
      [
        "c: with this resource the role engine has 10,354 characters of inline policies, and at most 10,240 are allowed",
      ],
    );
  });

  it("counts the rules of each bus, and reports the first that exceeds the quota", async () => {
    assert.deepEqual(
      await found(() => {
        const eventPattern = JSON.stringify({ source: ["aws.s3"] });
        for (let index = 0; index < 302; index++) new aws.cloudwatch.EventRule(`rule-${index}`, { eventPattern });
        new aws.cloudwatch.EventRule("other", { eventPattern, eventBusName: "orders" });
      }),
      ["rule-300: with this resource the bus default has 301 rules, and at most 300 are allowed"],
    );
  });

  it("counts the instances of Aurora with those of RDS, and alarms without a limit", async () => {
    const problems = await found(() => {
      const engine = {
        engine: "aurora-postgresql",
        instanceClass: "db.t4g.medium",
        clusterIdentifier: "orders",
      } as const;
      for (let index = 0; index < 39; index++)
        new aws.rds.Instance(`instance-${index}`, { engine: "postgres", instanceClass: "db.t4g.medium" });
      for (let index = 0; index < 2; index++) new aws.rds.ClusterInstance(`aurora-${index}`, engine);
      const alarm = { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, threshold: 0 };
      for (let index = 0; index < 5001; index++) new aws.cloudwatch.MetricAlarm(`alarm-${index}`, alarm);
    });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /has 41 instances of RDS, those of Aurora included, and at most 40 are allowed$/);
  });

  it("counts the provider's tags with those of an object", async () => {
    const tags = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`tag-${index}`, "value"]));
    assert.deepEqual(
      await found(() => {
        const provider = new aws.Provider("aws", {
          defaultTags: { tags: { a: "1", b: "2", c: "3", d: "4", "tag-1": "own" } },
        });
        new aws.s3.BucketObjectv2("ten", { bucket: "files", key: "ten", tags }, { provider });
        new aws.s3.BucketObjectv2(
          "eleven",
          { bucket: "files", key: "eleven", tags: { ...tags, more: "" } },
          { provider },
        );
        new aws.sqs.Queue("queue", { tags: { long: "x".repeat(257) } }, { provider });
      }),
      [
        "eleven: the resource has 11 tags with the provider's, and at most 10 are allowed",
        "queue: the tag long is longer than 128 characters, or its value than 256",
      ],
    );
  });

  it("reports a log group of a state machine that takes up room in the region's resource policy", async () => {
    const machine = (name: string, group: aws.cloudwatch.LogGroup): void => {
      const logDestination = group.arn.apply((arn) => `${arn}:*`);
      new aws.sfn.StateMachine(name, {
        roleArn: "role",
        definition: "{}",
        loggingConfiguration: { level: "ALL", logDestination },
      });
    };
    assert.deepEqual(
      await found(() => {
        machine("flow", new aws.cloudwatch.LogGroup("flow-logs"));
        machine("other", new aws.cloudwatch.LogGroup("other-logs", { name: "/aws/vendedlogs/states/other" }));
      }),
      [
        "flow: the log group flow-logs-1a2b3c4 takes up some of the 5,120 characters of the region's resource policy for log delivery",
      ],
    );
  });

  describe("has a table", () => {
    const resource = (type: string, inputs: object, name = "one"): RecordedResource => ({
      ...{ urn: `urn:pulumi:test::shop::${type}::${name}`, type, name, custom: true, parent: "", provider: "" },
      ...{ inputs, state: inputs, protect: false, retainOnDelete: false, ignoreChanges: [], createTimeout: "" },
      ...{ propertyDependencies: {}, dependencies: [] },
    });
    /** Inputs in which the property at a path has a value. */
    const at = (path: string, value: unknown): object =>
      path.split(".").reduceRight<unknown>((inner, step) => {
        const [, name = "", each] = /^(\w+)(\[\]|\{\})?$/.exec(step) ?? [];
        return { [name]: each === "[]" ? [inner] : each === "{}" ? { key: inner } : inner };
      }, value) as object;

    /** A value of a size. */
    function sized(unit: Unit, amount: number): unknown {
      if (unit === "entries") return Array.from({ length: amount }, () => ({}));
      if (unit === "statements") return JSON.stringify({ Statement: Array.from({ length: amount }, () => ({})) });
      if (unit === "bytes") return `${"é".repeat(Math.floor(amount / 2))}${"x".repeat(amount % 2)}`;
      return unit === "characters" ? "é".repeat(amount) : ` ${"x".repeat(amount)} \n`;
    }

    for (const { type, path, max, unit, source } of SIZES) {
      it(`that limits ${path} of ${type} to ${max} ${unit}`, () => {
        assert.ok(typeInfo(type).inputs.has(path.split(/[.[{]/)[0] ?? ""), `${type} has no ${path}`);
        assert.match(source, /^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
        const about = (amount: number): string[] =>
          texts([resource(type, at(path, sized(unit, amount)))]).filter((text) =>
            text.includes(`${unit}, and at most`),
          );
        assert.deepEqual(about(max), []);
        assert.equal(about(max + 1).length, 1);
      });
    }

    for (const limit of COUNTS) {
      it(`that limits the ${limit.what} of ${limit.per ?? "an account"} to ${limit.max}`, () => {
        assert.ok(typeInfo(limit.type).inputs.size > 0, `there is no type ${limit.type}`);
        assert.match(limit.source, /^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
        const { message } = exceeding(limit);
        assert.match(message, new RegExp(`and at most ${limit.max.toLocaleString("en-US")} are allowed$`));
      });
    }

    /** The problem of the first resource that exceeds a limit of which every resource takes up something. */
    function exceeding({ type, max, weight }: CountLimit): LintProblem {
      const inputs = {
        ...Object.fromEntries([...typeInfo(type).inputs].map((name) => [name, "same"])),
        ...{
          vpcEndpointType: "Interface",
          policy: "x".repeat(100),
          queues: [1],
          topics: [],
          lambdaFunctions: [],
          tags: {},
        },
      };
      const amount = Math.floor(max / (weight?.(inputs) ?? 1)) + 1;
      const resources = Array.from({ length: amount }, (_, index) => resource(type, inputs, `${index}`));
      assert.deepEqual(
        quotas(resources.slice(0, -1)).filter(({ message }) => message.startsWith("with this")),
        [],
      );
      const problems = quotas(resources).filter(({ message }) => message.startsWith("with this"));
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.resource.name, String(amount - 1));
      return problems[0] as LintProblem;
    }

    it("of the names of the types that the local cloud has, with the limits by which it refuses them", () => {
      for (const { type, autoname } of HANDLERS) {
        if (!autoname) continue;
        const limit = NAMES[type];
        assert.ok(limit, `${type} has a generated name without a limit`);
        const { property, prefix, maxLength } = autoname;
        assert.deepEqual([limit.property, limit.prefix, limit.max], [property, prefix, maxLength], type);
      }
    });

    it("of names of properties that exist", () => {
      for (const [type, { property, prefix = property, fifo = property, source }] of Object.entries(NAMES)) {
        for (const name of [property, prefix, fifo])
          assert.ok(typeInfo(type).inputs.has(name), `${type} has no ${name}`);
        assert.match(source, /^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
      }
    });
  });
});
