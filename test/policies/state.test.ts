import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyConfig, POLICY_PACK } from "../../cli/deploy";
import { checkEnvironment, checkState } from "../../cli/evaluate";
import type { RecordedResource } from "../../evaluate/record";
import { engineEnv } from "../../local/engine/automation";
import { findOrInstallEngine } from "../../local/engine/engine";
import type { UserError } from "../../local/errors";
import { REPOSITORY } from "../../local/paths";
import { analyzeState } from "../../policies/analyze";
import type { Report } from "../../policies/evaluate";
import { engineName } from "../../policies/table";
import { temporaryHome, type TemporaryHome } from "../support/home";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/0c6c7f3e-5a1d-4d8e-9a53-1b6b2f3c4d5e";
const PROVIDER = "urn:pulumi:prod::shop::pulumi:providers:aws::aws";

/** What the engine writes in the place of a secret. */
const secret = (more: object): object => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...more,
});

type Entry = Readonly<Record<string, unknown>>;

const exported = (...resources: readonly Entry[]): string =>
  JSON.stringify({ version: 3, deployment: { manifest: {}, resources } });

const provider: Entry = {
  urn: PROVIDER,
  type: "pulumi:providers:aws",
  custom: true,
  id: "4f1b",
  inputs: { region: "eu-central-1" },
  outputs: { region: "eu-central-1" },
};

const queue = (name: string, outputs: object, more: Entry = {}): Entry => ({
  urn: `urn:pulumi:prod::shop::aws:sqs/queue:Queue::${name}`,
  type: "aws:sqs/queue:Queue",
  custom: true,
  id: `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`,
  inputs: outputs,
  outputs,
  provider: `${PROVIDER}::4f1b`,
  ...more,
});

/** The program's resources as a state that has them deployed. */
const stateOf = (resources: readonly RecordedResource[]): string =>
  exported(
    ...resources.map((one) => ({
      urn: one.urn,
      type: one.type,
      custom: one.custom,
      ...(one.custom ? { id: "id" } : {}),
      inputs: one.inputs as object,
      outputs: { ...one.state, ...one.inputs } as object,
      protect: one.protect,
      ...(one.parent ? { parent: one.parent } : {}),
      ...(one.provider ? { provider: one.provider } : {}),
      propertyDependencies: one.propertyDependencies,
    })),
  );

const found = (report: Report, id?: string): string[] =>
  report.violations.filter(({ rule }) => id === undefined || rule.id === id).map(({ resource }) => resource.name);
const analyze = (...resources: readonly Entry[]): Report =>
  analyzeState(exported(...resources), { environment: "prod", exemptions: [] });

describe("the rules over an exported state", () => {
  it("judge what the cloud was last seen to have, not what the program asked for", () => {
    const report = analyze(
      provider,
      queue("taken-away", { kmsMasterKeyId: "" }, { inputs: { kmsMasterKeyId: KEY } }),
      queue("given", { kmsMasterKeyId: KEY }, { inputs: {} }),
      queue("gone-from-outputs", {}, { inputs: { kmsMasterKeyId: KEY } }),
    );
    assert.deepEqual(found(report, "sqs-1"), ["taken-away", "gone-from-outputs"]);
  });

  it("leave out what is about to go, and components, which are nothing in the cloud", () => {
    const report = analyze(provider, queue("old", {}, { delete: true }), {
      urn: "urn:pulumi:prod::shop::dataplatform:core:Queue::c",
      type: "dataplatform:core:Queue",
      custom: false,
    });
    assert.equal(report.resources, 1);
    assert.deepEqual(found(report), []);
  });

  it("take what is encrypted for unknown, and read what is shown", () => {
    const report = analyze(
      provider,
      queue("hidden", { kmsMasterKeyId: secret({ ciphertext: "v1:abc" }), tags: [secret({ ciphertext: "v1:abc" })] }),
      queue("shown", { kmsMasterKeyId: secret({ plaintext: JSON.stringify(KEY) }) }),
      queue("shown-and-wrong", { kmsMasterKeyId: secret({ plaintext: '""' }) }),
    );
    assert.deepEqual(found(report, "sqs-1"), ["shown-and-wrong"]);
    assert.deepEqual(
      report.unknown.map(({ rule, resource, message }) => [rule.id, resource.name, message]),
      [
        ["cross-1", "hidden", "tags.0 is a secret that the state does not show"],
        ["sqs-1", "hidden", "kmsMasterKeyId is a secret that the state does not show"],
      ],
    );
  });

  it("see through the id that states add to a provider's name", () => {
    const named = (name: string): Entry => ({ ...provider, urn: PROVIDER.replace(/aws$/, name) });
    const report = analyze(
      named("default_7_48_0"),
      named("aws"),
      queue("by-default", {}, { provider: `${PROVIDER.replace(/aws$/, "default_7_48_0")}::4f1b` }),
      queue("explicit", {}),
    );
    assert.deepEqual(found(report, "cross-5"), ["by-default"]);
  });

  it("join resources by what they were made from", () => {
    const bucket: Entry = {
      urn: "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::raw",
      type: "aws:s3/bucket:Bucket",
      custom: true,
      outputs: { bucket: "raw-1a2b" },
    };
    const versioning = (more: Entry): Entry => ({
      urn: "urn:pulumi:prod::shop::aws:s3/bucketVersioning:BucketVersioning::raw",
      type: "aws:s3/bucketVersioning:BucketVersioning",
      custom: true,
      outputs: { versioningConfiguration: { status: "Enabled" }, ...more },
    });
    assert.deepEqual(found(analyze(bucket, versioning({ bucket: "raw-1a2b" })), "s3-7"), []);
    assert.deepEqual(found(analyze(bucket, versioning({ bucket: "another" })), "s3-7"), ["raw"]);
    const made = { ...versioning({ bucket: "another" }), propertyDependencies: { bucket: [bucket.urn], x: null } };
    assert.deepEqual(found(analyze(bucket, made), "s3-7"), []);
  });

  it("find nothing in a stack that was never deployed", () => {
    const report = analyzeState('{"version": 3, "deployment": {"manifest": {}}}', { environment: "prod" });
    assert.deepEqual([report.resources, report.checks], [0, 0]);
  });

  it("find in what the program makes what they find in the program", async function () {
    this.timeout(60_000);
    const { report, resources } = await checkEnvironment("prod");
    const deployed = analyzeState(stateOf(resources), { environment: "prod" });
    assert.ok(deployed.checks > 200, String(deployed.checks));
    const told = (one: Report): unknown => [
      one.resources,
      one.checks,
      one.violations.map(({ rule, resource, message }) => [rule.id, resource.urn, message]),
      one.unknown.length,
    ];
    assert.deepEqual(told(deployed), told(report));
  });
});

describe("platform check --state", function () {
  this.timeout(60_000);
  let folder: string;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  before(() => (folder = mkdtempSync(join(tmpdir(), "state-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const platform = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) =>
      execFile(
        process.execPath,
        [join(REPOSITORY, "cli", "bin", "platform.js"), ...args],
        { env: { ...process.env, NO_COLOR: "1" } },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      ),
    );

  it("refuses what is deployed in the clear, says so, and writes the same reports as without", async () => {
    const state = file("state.json", exported(provider, queue("orders", {})));
    const sarif = join(folder, "policies.sarif");
    const { code, stdout } = await platform("check", "prod", "--state", state, "--sarif", sarif);
    assert.equal(code, 1);
    assert.match(stdout, /✖ sqs-1 \[medium\] orders: kmsMasterKeyId is not set/);
    assert.match(stdout, /^prod: refused – 2 resources/m);
    assert.match(readFileSync(sarif, "utf8"), /"ruleId": "sqs-1"/);
  });

  it("needs no stack file of the environment, and asks of it what prod is asked", async () => {
    const state = file("berlin.json", exported(queue("orders", {})).replaceAll("pulumi:prod::", "pulumi:berlin::"));
    const { code, stdout } = await platform("check", "berlin", "--state", state, "--json");
    assert.equal(code, 1);
    const { violations } = JSON.parse(stdout) as { violations: { rule: string; level: string }[] };
    assert.ok(violations.some(({ rule, level }) => rule === "sqs-1" && level === "mandatory"));
  });

  for (const [what, text, says] of [
    ["no JSON", "urn: pulumi", /is not JSON/],
    ["empty", "", /is not JSON/],
    ["a checkpoint of a backend", '{"version": 3, "checkpoint": {}}', /not an exported state: deployment: /],
    ["something else", "[1, 2]", /not an exported state: the whole text: /],
    [
      "a state with a resource of no name",
      '{"deployment": {"resources": [{"urn": "queue", "type": "t", "custom": true}]}}',
      /not an exported state: deployment\.resources\.0\.urn: .*a URN/,
    ],
    [
      "of another stack",
      exported(provider).replaceAll("pulumi:prod::", "pulumi:dev::"),
      /the state of dev, not of prod/,
    ],
  ] as const) {
    it(`does not take a file that is ${what}, and says how to write one`, () => {
      const path = file("bad.json", text);
      assert.throws(
        () => checkState("prod", path),
        (error: UserError) => {
          assert.equal(error.name, "UserError");
          assert.equal(error.exitCode, 2);
          assert.ok(error.message.startsWith(`${path}: `));
          assert.match(error.message, says);
          assert.match(error.hint ?? "", /pulumi stack export -s prod --file/);
          return true;
        },
      );
    });
  }

  it("takes a file with a byte order mark", () => {
    assert.equal(checkState("prod", file("bom.json", `\ufeff${exported(provider)}`)).resources, 1);
  });

  it("says which file there is not, as bad input and without a stack trace", async () => {
    const { code, stdout, stderr } = await platform("check", "prod", "--state", join(folder, "nothing.json"));
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /There is no file .*nothing\.json/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });

  it("says that a folder cannot be read", () => {
    assert.throws(() => checkState("prod", folder), /cannot be read/);
  });
});

describe("pulumi policy analyze", function () {
  this.timeout(600_000);
  let home: TemporaryHome;
  before(() => (home = temporaryHome()));
  after(() => home.remove());

  it("finds by the engine's own hand what check finds in the same state, and refuses", async () => {
    const state = exported(
      { urn: "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod", type: "pulumi:pulumi:Stack", custom: false },
      { ...provider, outputs: { region: "us-east-1" } },
      { ...provider, urn: PROVIDER.replace(/aws$/, "default_7_48_0") },
      queue("orders", {}),
      queue("default", { kmsMasterKeyId: KEY }, { provider: `${PROVIDER.replace(/aws$/, "default_7_48_0")}::4f1b` }),
      queue("drifted", { kmsMasterKeyId: "", policy: "{" }, { inputs: { kmsMasterKeyId: KEY } }),
      queue("old", {}, { delete: true }),
      {
        urn: "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::raw",
        type: "aws:s3/bucket:Bucket",
        custom: true,
        id: "raw-1a2b",
        outputs: { bucket: "raw-1a2b", forceDestroy: true },
        protect: true,
        provider: `${PROVIDER}::4f1b`,
      },
      {
        urn: "urn:pulumi:prod::shop::aws:s3/bucketVersioning:BucketVersioning::raw",
        type: "aws:s3/bucketVersioning:BucketVersioning",
        custom: true,
        id: "raw-1a2b",
        outputs: { bucket: "raw-1a2b", versioningConfiguration: { status: "Enabled" } },
        provider: `${PROVIDER}::4f1b`,
      },
    );
    const path = join(home.folder, "state.json");
    writeFileSync(path, state);
    const engine = await findOrInstallEngine();
    const args = ["policy", "analyze", "--json", "--file", path];
    args.push("--policy-pack", POLICY_PACK, "--policy-pack-config", policyConfig("prod"));
    const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) =>
      execFile(
        engine.binary,
        args,
        { env: { ...process.env, ...engineEnv(engine) }, maxBuffer: 1 << 26 },
        (error, out, err) => resolve({ code: Number(error?.code ?? 0), stdout: out, stderr: err }),
      ),
    );
    assert.notEqual(code, 0, stderr);
    const events = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { policyEvent?: Readonly<Record<string, string>> })
      .flatMap(({ policyEvent }) => (policyEvent ? [policyEvent] : []));
    const theirs = events.map((one) => [one.policyName, one.enforcementLevel, one.resourceUrn].join(" "));
    const ours = analyzeState(state, { environment: "prod" }).violations.map(({ rule, level, resource }) =>
      [engineName(rule), level, resource.urn].join(" "),
    );
    assert.ok(ours.length > 15, stderr);
    assert.deepEqual(theirs.sort(), ours.sort());
  });
});
