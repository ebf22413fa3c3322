import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { EncryptionKey, SecureBucket, type Retention } from "../../../components";
import { lifecycle } from "../../../evaluate/lints/lifecycle";
import { record } from "../../support/harness";

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** Returns what the lint finds in a program, a line a problem. */
async function found(program: () => unknown): Promise<string[]> {
  const { resources } = await record(() => void program());
  return lifecycle(resources).map(({ resource, message }) => `${resource.name}: ${message.replace(/;.*/, "")}`);
}

const role = (statement: Record<string, unknown>): void => {
  new aws.iam.RolePolicy("engine", {
    role: "engine",
    policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] }),
  });
};

/** A versioned bucket with these rules. */
function bucket(rules: readonly Rule[]): aws.s3.Bucket {
  const made = new aws.s3.Bucket("lake");
  new aws.s3.BucketVersioning("v", { bucket: made.bucket, versioningConfiguration: { status: "Enabled" } });
  new aws.s3.BucketLifecycleConfiguration("l", { bucket: made.bucket, rules: [...rules] });
  return made;
}

const rule = (change: Partial<Rule> = {}): Rule => ({
  id: "everything",
  status: "Enabled",
  filter: { prefix: "" },
  noncurrentVersionExpiration: { noncurrentDays: 7 },
  expiration: { expiredObjectDeleteMarker: true },
  ...change,
});

/** A role that deletes what is under `tmp/`, and a bucket with these rules. */
const deletion =
  (rules: readonly Rule[], action: unknown = "s3:DeleteObject", key = "tmp/*") =>
  () =>
    role({ Action: action, Resource: [pulumi.interpolate`${bucket(rules).arn}/${key}`] });

describe("the lint of what a versioned bucket keeps", () => {
  const kept = (days: string, place = '"tmp/"'): string =>
    `lake: engine deletes or replaces ${place}, whose old versions are kept ${days}`;

  it("finds versions of deleted objects that are kept for long, or for ever", async () => {
    const long = rule({ noncurrentVersionExpiration: { noncurrentDays: 90 } });
    assert.deepEqual(await found(deletion([long])), [kept("90 days")]);
    assert.deepEqual(await found(deletion([rule({ noncurrentVersionExpiration: undefined })])), [kept("for ever")]);
    assert.deepEqual(await found(deletion([rule()])), []);
  });

  it("takes the shortest of the rules that cover the prefix, and no other", async () => {
    const long = rule({ noncurrentVersionExpiration: { noncurrentDays: 90 } });
    const short = (prefix: string): Rule => ({ ...rule({ filter: { prefix }, id: prefix }), expiration: undefined });
    assert.deepEqual(await found(deletion([long, short("tmp/")])), []);
    assert.deepEqual(await found(deletion([long, short("tm")])), []);
    assert.deepEqual(await found(deletion([long, short("tmp/a/")])), [kept("90 days")]);
    assert.deepEqual(await found(deletion([long, { ...short("tmp/"), status: "Disabled" }])), [kept("90 days")]);
    const tagged = { ...short("tmp/"), filter: { and: { prefix: "tmp/", tags: { kind: "a" } } } };
    assert.deepEqual(await found(deletion([long, tagged])), [kept("90 days")]);
  });

  it("knows that a number of versions keeps those of deleted objects for ever", async () => {
    const counted = rule({ noncurrentVersionExpiration: { noncurrentDays: 1, newerNoncurrentVersions: 3 } });
    assert.deepEqual(await found(deletion([counted])), [kept("for ever")]);
  });

  it("accepts a rule that says why it keeps versions", async () => {
    const because = rule({ id: "everything: no other copy", noncurrentVersionExpiration: { noncurrentDays: 90 } });
    assert.deepEqual(await found(deletion([because])), []);
  });

  it("sees deletions in actions with wildcards, and of the whole bucket", async () => {
    const long = rule({ noncurrentVersionExpiration: { noncurrentDays: 90 } });
    for (const action of ["s3:*", "s3:Delete*", ["s3:GetObject", "s3:DeleteObject"], "S3:deleteobject"])
      assert.deepEqual(await found(deletion([long], action)), [kept("90 days")], String(action));
    assert.deepEqual(await found(deletion([long], "s3:PutObject")), []);
    assert.deepEqual(await found(deletion([long], "s3:DeleteObject", "*")), [kept("90 days", "all objects")]);
  });

  it("finds deletions that leave their markers for ever", async () => {
    const line =
      'lake: engine deletes "tmp/", and no rule removes the markers that are left when the old versions are gone';
    assert.deepEqual(await found(deletion([rule({ expiration: undefined })])), [line]);
    assert.deepEqual(await found(deletion([rule({ expiration: { days: 30 } })])), []);
  });

  it("asks nothing of a bucket without versions", async () => {
    assert.deepEqual(
      await found(() =>
        role({ Action: "s3:DeleteObject", Resource: pulumi.interpolate`${new aws.s3.Bucket("lake").arn}/*` }),
      ),
      [],
    );
  });

  it("finds logs, results and temporary files that never expire", async () => {
    const program = (rules: readonly Rule[]) => () => {
      const { bucket: name, arn } = bucket(rules);
      new aws.glue.Job("job", {
        roleArn: "arn:aws:iam::123456789012:role/job",
        command: { scriptLocation: "s3://scripts/job.py" },
        defaultArguments: {
          "--spark-event-logs-path": pulumi.interpolate`s3://${name}/spark/`,
          "--TempDir": pulumi.interpolate`s3://${name}/tmp/`,
        },
      });
      new aws.athena.Workgroup("analysts", {
        configuration: { resultConfiguration: { outputLocation: pulumi.interpolate`s3://${name}/results/` } },
      });
      new aws.s3.BucketLogging("logging", { bucket: "other", targetBucket: name, targetPrefix: "access/" });
      new aws.s3.Inventory("list", {
        bucket: "other",
        includedObjectVersions: "Current",
        schedule: { frequency: "Weekly" },
        destination: { bucket: { format: "CSV", bucketArn: arn, prefix: "inventory" } },
      });
      new aws.ec2.FlowLog("flow", { logDestinationType: "s3", logDestination: arn });
    };
    const places = (await found(program([rule()]))).map((line) => /expires "(.*?)"/.exec(line)?.[1]);
    assert.deepEqual(places.sort(), ["", "access/", "inventory", "results/", "spark/", "tmp/"]);
    assert.deepEqual(await found(program([rule({ expiration: { days: 30 } })])), []);
  });

  it("judges a secure bucket whose role deletes by the bucket's retention", async () => {
    const program = (retention: Retention) => () => {
      const key = new EncryptionKey("lake", { description: "Lake", protection: {} });
      const raw = new SecureBucket("raw", { key, retention });
      role({ Action: raw.grantDelete("tmp/")[0]?.actions, Resource: raw.grantDelete("tmp/")[0]?.resources });
    };
    assert.equal((await found(program({}))).length, 1);
    assert.deepEqual(await found(program({ noncurrentPrefixExpireAfterDays: { "tmp/": 1 } })), []);
    assert.deepEqual(await found(program({ keepVersionsBecause: "there is no other copy" })), []);
  });
});
