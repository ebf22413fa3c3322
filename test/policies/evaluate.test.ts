import assert from "node:assert/strict";
import { evaluate, isRefused } from "../../policies/evaluate";
import { outcomeOf, UnknownValueError } from "../../policies/rule";
import { settingsOf } from "../../policies/settings";
import { TABLE } from "../../policies/table";
import { stackView } from "../../policies/view";
import { asInPreview, UNKNOWN } from "./engine";
import { doomedBucket, openQueue, resource } from "./resources";

const ids = (all: readonly { readonly rule: { readonly id: string } }[]): string[] => all.map(({ rule }) => rule.id);

describe("the pack over a stack", () => {
  it("refuses by what is mandatory in the environment", () => {
    const refused = (environment: string): string[] =>
      ids(
        evaluate([openQueue()], { environment, exemptions: [] }).violations.filter((one) => one.level === "mandatory"),
      );
    assert.deepEqual(refused("prod"), ["cross-1", "sqs-1", "sqs-2"]);
    assert.deepEqual(refused("dev"), []);
    assert.deepEqual(refused("local"), ["sqs-1", "sqs-2"]);
  });

  it("is as strict with an environment nobody wrote down as with prod", () => {
    const report = evaluate([doomedBucket()], { environment: "staging", exemptions: [] });
    assert.ok(ids(report.violations).includes("s3-10"));
    assert.ok(isRefused(report));
    assert.deepEqual(settingsOf("staging"), settingsOf("prod"));
    assert.ok(settingsOf("prod").permissionsBoundaryRequired);
    for (const name of ["dev", "local"]) assert.ok(!settingsOf(name).permissionsBoundaryRequired, name);
  });

  it("asks for a permissions boundary, and for a region, only where the environment does", () => {
    const role = resource("aws:iam/role:Role", "flow");
    const provider = resource("pulumi:providers:aws", "aws", { region: "us-east-1" });
    const view = stackView([role, provider], "dev");
    const anywhere = { ...view, settings: { ...view.settings, allowedRegions: [] } };
    const outcome = (id: string, of: typeof role, stack: typeof view): string =>
      outcomeOf(TABLE.find((row) => row.id === id) ?? assert.fail(id), of, stack).kind;
    assert.equal(outcome("cross-3", role, view), "not-applicable");
    assert.equal(outcome("cross-3", role, stackView([role], "prod")), "violation");
    assert.equal(outcome("cross-2", provider, view), "violation");
    assert.equal(outcome("cross-2", provider, anywhere), "not-applicable");
  });

  it("has databases keep two weeks of backups in prod, and one elsewhere", () => {
    const row = TABLE.find(({ id }) => id === "rds-7") ?? assert.fail();
    const outcome = (environment: string, days: number): string => {
      const database = resource("aws:rds/instance:Instance", "shop", { backupRetentionPeriod: days }, environment);
      return outcomeOf(row, database, stackView([database], environment)).kind;
    };
    for (const environment of ["dev", "local"]) {
      assert.equal(outcome(environment, 7), "compliant", environment);
      assert.equal(outcome(environment, 6), "violation", environment);
    }
    assert.equal(outcome("staging", 7), "violation");
  });

  it("runs a disabled rule only for somebody who decides on levels himself", () => {
    const found = (everyLevel: boolean): string[] =>
      ids(evaluate([doomedBucket()], { environment: "local", exemptions: [], everyLevel }).violations);
    assert.ok(!found(false).includes("s3-10"));
    assert.ok(found(true).includes("s3-10"));
  });

  it("tells what is unknown as unknown, refuses nothing for it, and does not count it as compliant", () => {
    const queue = resource("aws:sqs/queue:Queue", "orders", asInPreview({ kmsMasterKeyId: UNKNOWN, policy: UNKNOWN }));
    const report = evaluate([queue], {
      environment: "prod",
      exemptions: [],
      table: TABLE.filter(({ id }) => id === "sqs-1"),
    });
    assert.deepEqual(report.violations, []);
    assert.deepEqual(ids(report.unknown), ["sqs-1"]);
    assert.match(report.unknown[0]?.message ?? "", /kmsMasterKeyId/);
    assert.equal(report.unknown[0]?.level, "advisory");
    assert.ok(!isRefused(report));
  });

  it("takes its own unknown values for unknown as it does the engine's", () => {
    const rule = {
      types: ["aws:sqs/queue:Queue"],
      check: () => {
        throw new UnknownValueError("policy");
      },
    };
    const outcome = outcomeOf(rule, openQueue(), stackView([], "prod"));
    assert.deepEqual(outcome, { kind: "unknown", what: "policy is not known before deployment" });
  });

  it("does not take a rule's own failure for an unknown value", () => {
    const rule = {
      types: [],
      check: () => {
        throw new TypeError("broken rule");
      },
    };
    assert.throws(() => outcomeOf(rule, openQueue(), stackView([], "prod")), /broken rule/);
  });

  it("counts what it looked at, and no more", () => {
    const report = evaluate([openQueue(), openQueue("returns"), resource("aws:ec2/vpc:Vpc", "vpc")], {
      environment: "prod",
      exemptions: [],
      table: TABLE.filter(({ id }) => ["sqs-1", "sqs-3", "s3-1"].includes(id)),
    });
    assert.equal(report.resources, 3);
    // sqs-3 has nothing to say of queues without a policy, s3-1 has no bucket.
    assert.equal(report.checks, 2);
    assert.equal(report.rulesApplied, 1);
  });
});

describe("what belongs to a resource", () => {
  const bucket = resource("aws:s3/bucket:Bucket", "raw", { bucket: "shop-raw", arn: "arn:aws:s3:::shop-raw" });
  const KIND = "aws:s3/bucketVersioning:BucketVersioning";
  const of = (props: Record<string, unknown>, dependencies?: Record<string, readonly string[]>) => ({
    ...resource(KIND, "versioning", props),
    propertyDependencies: dependencies,
  });
  const found = (...others: ReturnType<typeof of>[]): number =>
    stackView([bucket, ...others], "prod").referring(bucket, KIND, "bucket", ["bucket", "arn"]).length;

  it("is found by any of its names, or by dependency, and once only", () => {
    assert.equal(found(of({ bucket: "shop-raw" })), 1);
    assert.equal(found(of({ bucket: "arn:aws:s3:::shop-raw" })), 1);
    assert.equal(found(of({}, { bucket: [bucket.urn] })), 1);
    assert.equal(found(of({ bucket: "shop-raw" }, { bucket: [bucket.urn] })), 1);
    assert.equal(found(of(asInPreview({ bucket: UNKNOWN }), { bucket: [bucket.urn] })), 1);
  });

  it("is not found by another bucket's name, another property, or no name at all", () => {
    assert.equal(found(of({ bucket: "shop-curated" })), 0);
    assert.equal(found(of({ target: "shop-raw" }, { target: [bucket.urn] })), 0);
    const nameless = resource("aws:s3/bucket:Bucket", "raw", { bucket: "" });
    const none = stackView([nameless, of({ bucket: "" })], "prod").referring(nameless, KIND, "bucket", ["bucket"]);
    assert.deepEqual(none, []);
  });

  it("has its provider found with and without the provider's id", () => {
    const provider = resource("pulumi:providers:aws", "aws");
    const view = stackView([provider], "prod");
    assert.equal(view.byUrn(provider.urn), provider);
    assert.equal(view.byUrn(`${provider.urn}::1b9d6bcd`), provider);
    assert.equal(view.byUrn("urn:pulumi:prod::shop::pulumi:providers:aws::another"), undefined);
  });
});
