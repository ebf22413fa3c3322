import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { evaluateEnvironment } from "../../cli/evaluate";
import { ProgramPolicies } from "../../evaluate/iam/program";
import { REASONS } from "../../evaluate/iam/reasons";
import { seenActions } from "../../evaluate/iam/seen";
import { roleUses, type RoleUse } from "../../evaluate/iam/use";

const repository = resolve(__dirname, "../..");
const usesOf = async (environment: string): Promise<RoleUse[]> =>
  roleUses(new ProgramPolicies(await evaluateEnvironment(environment)));

describe("the rights of the platform's roles", function () {
  this.timeout(120_000);
  const reasons = new Set<unknown>();

  for (const environment of ["dev", "prod", "local"]) {
    it(`are all needed in ${environment}, or have a reason`, async () => {
      const uses = await usesOf(environment);
      const unused = uses.flatMap(({ role, unused: grants }) =>
        grants.map(({ action, resources }) => `${role.resource.name}: ${action} on ${resources.join(", ")}`),
      );
      assert.deepEqual(unused, []);
      assert.ok(uses.length > 20);
      for (const { grants } of uses) for (const { derived, reason } of grants) if (!derived) reasons.add(reason);
    });
  }

  it("have no reason that nothing needs any more", () => {
    assert.deepEqual(
      REASONS.filter((reason) => !reasons.has(reason)),
      [],
    );
  });

  it("are listed as unused when nothing needs them, unless they are seen", async () => {
    const resources = (await evaluateEnvironment("dev")).map((resource) => {
      if (resource.name !== "ingestion-sweep-role-policy") return resource;
      const document = JSON.parse(resource.inputs.policy) as { Statement: object[] };
      const more = { Effect: "Allow", Action: ["sqs:PurgeQueue"], Resource: ["*"] };
      const policy = JSON.stringify({ Statement: [...document.Statement, more] });
      return { ...resource, inputs: { ...resource.inputs, policy } };
    });
    const program = new ProgramPolicies(resources);
    const unused = (uses: readonly RoleUse[]): string[] =>
      uses.flatMap((use) => use.unused.map(({ action }) => action));
    assert.deepEqual(unused(roleUses(program)), ["sqs:PurgeQueue"]);
    const seen = [{ role: "ingestion-sweep-role", action: "sqs:PurgeQueue" }];
    assert.deepEqual(unused(roleUses(program, seen)), []);
    const sweep = roleUses(program, seen).find(({ role }) => role.resource.name === "ingestion-sweep-role");
    assert.deepEqual(sweep?.unforeseen, ["sqs:purgequeue"]);
  });
});

describe("the calls that a local cloud has seen", () => {
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const allowed = { role: "ingestion-etl-role-0a1b2c3", action: "s3:GetObject", allowed: true };

  it("are those that were allowed, once each, by the role's name in the program", () => {
    const text = line(allowed) + line(allowed) + line({ ...allowed, action: "s3:PutObject", allowed: false });
    assert.deepEqual(seenActions(text), [{ role: "ingestion-etl-role", action: "s3:GetObject" }]);
  });

  it("leave out a line that is being written", () => {
    assert.deepEqual(seenActions(line(allowed) + '{"role":"a'), [
      { role: "ingestion-etl-role", action: "s3:GetObject" },
    ]);
  });

  for (const [title, text] of [
    ["is not JSON", "role\n"],
    ["lacks a member", line({ role: "a", action: "s3:GetObject" })],
  ] as const) {
    it(`are refused with the number of the line that ${title}`, () => {
      assert.throws(
        () => seenActions(text),
        /^Error: line 1 is .*; allowed: an object with "role", "action" and "allowed"$/,
      );
    });
  }
});

describe("platform iam", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "iam-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(repository, "cli/bin/platform.js"), "iam", ...args], {
      cwd: repository,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", PLATFORM_HOME: folder },
    });

  it("shows each role's rights with what needs them, and what was seen", () => {
    const seen = join(folder, "seen.jsonl");
    writeFileSync(
      seen,
      `${JSON.stringify({ role: "ingestion-sweep-role-0a1b2c3", action: "dynamodb:Query", allowed: true })}\n`,
    );
    const { status, stdout, stderr } = run("dev", "--json", "--seen", seen);
    assert.equal(status, 0, stderr);
    interface Row {
      readonly role: string;
      readonly grants: readonly { readonly action: string; readonly origin: string; readonly source?: string }[];
    }
    const { roles, missing } = JSON.parse(stdout) as { roles: Row[]; missing: unknown[] };
    assert.deepEqual(missing, []);
    const grants = roles.find(({ role }) => role === "ingestion-sweep-role")?.grants ?? [];
    const query = grants.find(({ action }) => action === "dynamodb:Query");
    assert.equal(query?.origin, "derived, seen");
    assert.match(query?.source ?? "", /^https:/);
    assert.ok(roles.every((one) => one.grants.every(({ origin }) => origin !== "unused")));
  });

  it("ends with the sums", () => {
    const { status, stdout } = run("dev");
    assert.equal(status, 0);
    assert.match(
      stdout.trimEnd().split("\n").at(-1) ?? "",
      /^dev: \d+ roles, \d+ granted actions, 0 unused, 0 missing$/,
    );
  });

  it("refuses a file that cannot be read, with its name", () => {
    const { status, stderr } = run("dev", "--seen", "missing.jsonl");
    assert.equal(status, 2);
    assert.match(stderr, /--seen is missing\.jsonl, which cannot be read/);
  });
});
