import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configText } from "../../policies/config";
import { indexText, rulePaths } from "../../policies/generate";
import { ENVIRONMENTS } from "../../policies/levels";
import { RULES } from "../../policies/rules";
import { engineName, levelOf, TABLE } from "../../policies/table";
import { CASES } from "./cases";
import { INVENTORY } from "./inventory";

const POLICIES = join(__dirname, "..", "..", "policies");
const duplicates = (all: readonly string[]): string[] => all.filter((one, index) => all.indexOf(one) !== index);

const files = rulePaths();

/** Controls as the frameworks write them. */
const CONTROLS = [
  /^FSBP [A-Z][A-Za-z0-9]*\.\d+$/,
  /^CIS \d+(\.\d+)+$/,
  /^cdk-nag [A-Z][A-Za-z]*\d*$/,
  /^CKV2?_AWS_\d+$/,
];

describe("the table of rules", () => {
  it("has every rule there is a file of, and no other", () => {
    assert.deepEqual(Object.keys(RULES), files);
    assert.equal(TABLE.length, files.length);
  });

  it("gives every path the rule of that file", async () => {
    for (const [path, rule] of Object.entries(RULES)) {
      const module = (await import(join(POLICIES, "rules", path))) as { default: unknown };
      assert.equal(module.default, rule, path);
      assert.deepEqual(
        TABLE.find((row) => row.path === path),
        { path, ...rule },
      );
    }
  });

  it("imports the rules in a file that is up to date", () => {
    assert.equal(
      readFileSync(join(POLICIES, "rules", "index.ts"), "utf8"),
      indexText(files),
      "policies/rules/index.ts is out of date: node -r ts-node/register policies/generate.ts writes it anew",
    );
  });

  it("says of every rule what the inventory says", () => {
    const lines = TABLE.map(({ id, path, severity, kind, levels, suppressible, maps }) =>
      [
        id,
        path,
        severity,
        kind,
        ENVIRONMENTS.map((environment) => levels[environment]).join(" "),
        suppressible ? "exemptible" : "always",
        maps.join(", ") || "–",
      ].join(" | "),
    );
    assert.deepEqual(lines, INVENTORY);
  });

  it("has cases of every rule, and no cases of others", () => {
    assert.deepEqual(TABLE.map(({ path }) => path).sort(), Object.keys(CASES).sort());
  });

  it("has for every rule cases unset, off and unknown, or says why there can be none", () => {
    for (const [path, { fields, noFields, violating, unknown }] of Object.entries(CASES)) {
      if (noFields !== undefined) {
        assert.ok(noFields.length > 20, path);
        assert.ok(Object.keys(violating).length > 0, `${path} has nothing that violates`);
        continue;
      }
      assert.ok(Object.keys(fields).length > 0, `${path} names no field`);
      const outcomes = Object.values(fields);
      assert.ok(
        Object.keys(violating).length > 0 || outcomes.some(({ unset, off }) => !unset && !off),
        `${path} has nothing that violates`,
      );
      assert.ok(
        Object.keys(unknown ?? {}).length > 0 || outcomes.some((one) => !one.unknown),
        `${path} has nothing that is unknown`,
      );
    }
  });

  it("names no rule twice", () => {
    assert.deepEqual(duplicates(TABLE.map(({ id }) => id)), []);
    assert.deepEqual(duplicates(TABLE.map(({ path }) => path)), []);
    assert.deepEqual(duplicates(TABLE.map(engineName)), []);
    assert.deepEqual(duplicates(TABLE.map(({ title }) => title)), []);
  });

  it("keeps a service's rules together, in the order of their numbers", () => {
    const services = TABLE.map(({ id }) => id.replace(/-\d+$/, ""));
    const runs = services.filter((service, index) => service !== services[index - 1]);
    assert.deepEqual(duplicates(runs), []);
    for (const service of runs) {
      const numbers = TABLE.filter(({ id }) => id.replace(/-\d+$/, "") === service).map(({ id }) =>
        Number(id.split("-").at(-1)),
      );
      assert.deepEqual(
        numbers,
        [...numbers].sort((one, other) => one - other),
        service,
      );
    }
  });

  for (const row of TABLE) {
    it(`says everything about ${row.id} that reports and auditors need`, () => {
      assert.match(row.id, /^[a-z0-9]+-\d+$/);
      assert.match(row.path, /^[a-z0-9]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(engineName(row), /^[a-zA-Z0-9-_.]{1,100}$/, "the engine takes no other names");
      assert.match(row.title, /^[A-Z].*[^.]$/, "a sentence without its full stop");
      assert.match(row.remediation, /^[A-Z].*\.$/, "a sentence that says what to do");
      assert.ok(["critical", "high", "medium", "low"].includes(row.severity));
      assert.ok(["encryption", "deletion", "other"].includes(row.kind));
      assert.ok(row.types.length > 0);
      assert.deepEqual(duplicates(row.types), []);
      for (const type of row.types) assert.match(type, /^(aws:\w+\/\w+:\w+|pulumi:providers:\w+)$/);
      assert.deepEqual(Object.keys(row.levels).sort(), [...ENVIRONMENTS].sort());
      for (const level of Object.values(row.levels)) assert.ok(["mandatory", "advisory", "disabled"].includes(level));
    });

    it(`names the controls ${row.id} stands for as their frameworks do`, () => {
      assert.deepEqual(duplicates(row.maps), []);
      for (const control of row.maps)
        assert.ok(
          CONTROLS.some((one) => one.test(control)),
          control,
        );
    });
  }

  it("is mandatory in prod about encryption and deletion, without an exception", () => {
    const lax = TABLE.filter(({ kind, levels }) => kind !== "other" && levels.prod !== "mandatory");
    assert.deepEqual(
      lax.map(({ id }) => id),
      [],
    );
  });

  it("refuses nothing in dev", () => {
    assert.deepEqual(
      TABLE.filter(({ levels }) => levels.dev === "mandatory").map(({ id }) => id),
      [],
    );
  });

  it("is never stricter elsewhere than in prod", () => {
    const strictness = ["disabled", "advisory", "mandatory"];
    for (const { id, levels } of TABLE) {
      for (const environment of ENVIRONMENTS)
        assert.ok(
          strictness.indexOf(levels[environment]) <= strictness.indexOf(levels.prod),
          `${id} in ${environment}`,
        );
    }
  });

  it("holds an environment nobody wrote down to what holds for prod", () => {
    for (const row of TABLE) assert.equal(levelOf(row, "production-eu"), row.levels.prod, row.id);
  });

  it("excuses nobody from what lets strangers in", () => {
    const excusable = TABLE.filter(({ severity, suppressible }) => severity === "critical" && suppressible);
    assert.deepEqual(
      excusable.map(({ id }) => id),
      [],
    );
  });

  it("still has the rules that must not be lost", () => {
    const ids = TABLE.map(({ id }) => id);
    for (const [prefix, count] of Object.entries({
      apigw: 5,
      appsync: 6,
      athena: 4,
      cross: 5,
      datasync: 4,
      ddb: 9,
      dms: 11,
      evb: 2,
      glue: 6,
      iam: 3,
      kdf: 2,
      kds: 2,
      kms: 4,
      lambda: 6,
      logs: 2,
      rds: 22,
      s3: 10,
      sfn: 3,
      sm: 2,
      sns: 3,
      sqs: 3,
    })) {
      for (let number = 1; number <= count; number++)
        assert.ok(ids.includes(`${prefix}-${number}`), `${prefix}-${number}`);
    }
  });
});

describe("the engine's configuration", () => {
  for (const environment of ENVIRONMENTS) {
    it(`for ${environment} is what the table says`, () => {
      assert.equal(
        readFileSync(join(POLICIES, `config.${environment}.json`), "utf8"),
        configText(environment),
        `config.${environment}.json is out of date: node -r ts-node/register policies/generate.ts writes it anew`,
      );
    });
  }

  it("names every policy of the pack that has a level, with one the engine knows", () => {
    const levels = JSON.parse(configText("dev")) as Record<string, { enforcementLevel: string }>;
    assert.equal(Object.keys(levels).length, TABLE.length);
    for (const { enforcementLevel } of Object.values(levels))
      assert.ok(["mandatory", "advisory", "disabled"].includes(enforcementLevel));
  });
});
