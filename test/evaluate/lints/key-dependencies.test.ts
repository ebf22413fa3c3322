import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { EncryptionKey, SecureBucket } from "../../../components";
import { keyDependencies } from "../../../evaluate/lints/key-dependencies";
import { record } from "../../support/harness";

/** Returns what the lint finds in a program, a line a problem. */
async function found(program: () => unknown): Promise<string[]> {
  const { resources } = await record(() => void program());
  return keyDependencies(resources).map(({ resource, message }) => `${resource.name}: ${message.split(/,|:/)[0]}`);
}

const key = (options: { retainOnDelete?: boolean; protect?: boolean } = { retainOnDelete: true }): aws.kms.Key =>
  new aws.kms.Key("key", {}, options);

/** A bucket, and the configuration that encrypts its objects with the key. */
function bucket(
  name: string,
  keyText: aws.kms.Key["arn"],
  args: aws.s3.BucketArgs = {},
  dependsOn: aws.kms.Key[] = [],
) {
  const made = new aws.s3.Bucket(name, args, { dependsOn });
  new aws.s3.BucketServerSideEncryptionConfiguration(`${name}-encryption`, {
    bucket: made.bucket,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyText } }],
  });
  return made;
}

describe("the lint of what is encrypted and its key", () => {
  const late = (name: string): string => `${name}: it does not depend on key`;

  it("finds a bucket that does not wait for the key of its objects", async () => {
    assert.deepEqual(await found(() => bucket("raw", key().arn)), [late("raw")]);
    assert.deepEqual(
      await found(() => {
        const first = key();
        bucket("raw", first.arn, {}, [first]);
      }),
      [],
    );
  });

  it("knows a key by its id and its alias too", async () => {
    assert.deepEqual(await found(() => bucket("raw", key().keyId)), [late("raw")]);
    const byAlias = await found(() =>
      bucket("raw", new aws.kms.Alias("lake", { targetKeyId: key().keyId, name: "alias/lake" }).name),
    );
    assert.deepEqual(byAlias, [late("raw")]);
  });

  it("finds the bucket of inventories and the bucket of replicas, which others encrypt", async () => {
    const problems = await found(() => {
      const { arn } = key();
      const source = new aws.s3.Bucket("source");
      const inventories = new aws.s3.Bucket("inventories");
      const replicas = new aws.s3.Bucket("replicas");
      new aws.s3.Inventory("list", {
        bucket: source.bucket,
        includedObjectVersions: "Current",
        schedule: { frequency: "Weekly" },
        destination: {
          bucket: { format: "Parquet", bucketArn: inventories.arn, encryption: { sseKms: { keyId: arn } } },
        },
      });
      new aws.s3.BucketReplicationConfig("copies", {
        bucket: source.bucket,
        role: "arn:aws:iam::123456789012:role/replication",
        rules: [
          {
            status: "Enabled",
            destination: { bucket: replicas.arn, encryptionConfiguration: { replicaKmsKeyId: arn } },
          },
        ],
      });
    });
    assert.deepEqual(problems.sort(), [late("inventories"), late("replicas")]);
  });

  it("finds the bucket of query results", async () => {
    const problems = await found(() => {
      const results = new aws.s3.Bucket("results");
      new aws.athena.Workgroup("analysts", {
        configuration: {
          resultConfiguration: {
            outputLocation: results.bucket.apply((name) => `s3://${name}/queries/`),
            encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: key().arn },
          },
        },
      });
    });
    assert.deepEqual(problems, [late("results")]);
  });

  it("finds a resource that names the key as text, which is no dependency", async () => {
    const arn = "arn:aws:kms:eu-central-1:123456789012:key/key-1a2b3c4";
    assert.deepEqual(
      await found(() => {
        key();
        new aws.sqs.Queue("queue", { kmsMasterKeyId: arn });
      }),
      [late("queue")],
    );
  });

  it("finds what may be encrypted before the policy of the key exists", async () => {
    const program = (waits: boolean) => () => {
      const one = key();
      const policy = new aws.kms.KeyPolicy("policy", { keyId: one.keyId, policy: "{}" });
      new aws.cloudwatch.LogGroup("logs", { kmsKeyId: one.arn }, { dependsOn: waits ? [policy] : [] });
    };
    assert.deepEqual(await found(program(false)), ["logs: it does not depend on policy"]);
    assert.deepEqual(await found(program(true)), []);
  });

  it("finds tables that may exist before their catalog is encrypted", async () => {
    const problems = await found(() => {
      const { arn } = key();
      new aws.glue.DataCatalogEncryptionSettings("catalog", {
        dataCatalogEncryptionSettings: {
          encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: arn },
          connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: arn },
        },
      });
      const { name } = new aws.glue.CatalogDatabase("sales");
      new aws.glue.CatalogTable("orders", { databaseName: name, name: "orders" });
    });
    assert.deepEqual(problems, ["sales: it does not depend on catalog", "orders: it does not depend on catalog"]);
  });

  it("finds a key that is deleted although its data, snapshots or backups stay", async () => {
    const deleted = ["key: it is deleted with the stack"];
    const program =
      (options: { retainOnDelete?: boolean; protect?: boolean }, hold: (key: aws.kms.Key) => void) => () =>
        hold(key(options));
    const holders: ((key: aws.kms.Key) => void)[] = [
      (one) => bucket("raw", one.arn, {}, [one]),
      (one) => new aws.rds.Instance("db", { instanceClass: "db.t4g.micro", kmsKeyId: one.arn }),
      (one) => new aws.sqs.Queue("kept", { kmsMasterKeyId: one.arn }, { retainOnDelete: true }),
      (one) =>
        new aws.dynamodb.Table("table", {
          deletionProtectionEnabled: true,
          serverSideEncryption: { enabled: true, kmsKeyArn: one.arn },
        }),
    ];
    for (const hold of holders) {
      assert.deepEqual(await found(program({}, hold)), deleted);
      assert.deepEqual(await found(program({ retainOnDelete: true }, hold)), []);
      assert.deepEqual(await found(program({ protect: true }, hold)), []);
    }
    const losable = (one: aws.kms.Key): unknown => bucket("raw", one.arn, { forceDestroy: true }, [one]);
    assert.deepEqual(await found(program({}, losable)), []);
  });

  it("finds buckets that protect their data more than the key does", async () => {
    const problems = await found(() => {
      const lost = new EncryptionKey("lake", {
        description: "Lake",
        protection: { posture: "disposable", allowDataLoss: true },
      });
      new SecureBucket("raw", { key: lost, protection: { posture: "guarded" } });
    });
    assert.deepEqual(problems, ["lake-key: it is deleted with the stack"]);
  });
});
