import assert from "node:assert/strict";
import { GetKeyRotationStatusCommand, KMSClient } from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sharedMinistack } from "../../support/ministack";
import { newcomers, withStack } from "../../support/stack";

describe("storage in the local cloud", function () {
  this.timeout(180_000);
  let client: s3.S3Client;
  let kms: KMSClient;
  let buckets: () => Promise<string[]>;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const configuration = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    client = new s3.S3Client({ ...configuration, forcePathStyle: true });
    kms = new KMSClient(configuration);
    buckets = await newcomers(async () =>
      ((await client.send(new s3.ListBucketsCommand({}))).Buckets ?? []).map(({ Name = "" }) => Name),
    );
  });

  /** A bucket with every setting a platform's bucket has. */
  const program =
    (change: { status?: string; prefix?: string; tag?: string } = {}) =>
    async () => {
      const key = new aws.kms.Key("lake", {
        description: "Lake",
        enableKeyRotation: true,
        rotationPeriodInDays: 365,
        deletionWindowInDays: 7,
      });
      new aws.kms.Alias("lake", { targetKeyId: key.keyId });
      const logs = new aws.s3.Bucket("logs", { forceDestroy: true });
      const bucket = new aws.s3.Bucket("Raw_Data", { forceDestroy: true, tags: { owner: change.tag ?? "data" } });
      const of = { bucket: bucket.bucket };
      const versioning = new aws.s3.BucketVersioning("raw", {
        ...of,
        versioningConfiguration: { status: change.status ?? "Enabled" },
      });
      new aws.s3.BucketServerSideEncryptionConfiguration("raw", {
        ...of,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
            bucketKeyEnabled: true,
          },
        ],
      });
      new aws.s3.BucketPublicAccessBlock("raw", {
        ...of,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      });
      new aws.s3.BucketOwnershipControls("raw", { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } });
      new aws.s3.BucketLogging("raw", { ...of, targetBucket: logs.bucket, targetPrefix: "raw/" });
      new aws.s3.BucketNotification("raw", { ...of, eventbridge: true });
      new aws.s3.BucketCorsConfiguration("raw", {
        ...of,
        corsRules: [{ allowedMethods: ["GET", "HEAD"], allowedOrigins: ["https://example.com"], maxAgeSeconds: 300 }],
      });
      new aws.s3.BucketLifecycleConfiguration(
        "raw",
        {
          ...of,
          rules: [
            { id: "abort", status: "Enabled", abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
            {
              id: "tier",
              status: "Enabled",
              filter: { and: { prefix: change.prefix ?? "in/", objectSizeGreaterThan: 1024, tags: { tier: "cold" } } },
              transitions: [{ days: 90, storageClass: "GLACIER_IR" }],
              noncurrentVersionExpiration: { noncurrentDays: 30 },
            },
          ],
        },
        { dependsOn: versioning },
      );
      new aws.s3.BucketPolicy("raw", {
        ...of,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "DenyPlainHttp",
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      });
      new aws.s3.BucketIntelligentTieringConfiguration("raw", {
        ...of,
        tierings: [{ accessTier: "ARCHIVE_ACCESS", days: 120 }],
        filter: { prefix: "in/" },
      });
      new aws.s3.Inventory("raw", {
        ...of,
        includedObjectVersions: "All",
        schedule: { frequency: "Weekly" },
        optionalFields: ["Size", "ETag"],
        destination: { bucket: { bucketArn: logs.arn, format: "Parquet", prefix: "inventory" } },
      });
      const object = new aws.s3.BucketObjectv2(
        "script",
        { ...of, key: "scripts/etl.py", source: new pulumi.asset.StringAsset("print(1)\n"), tags: { kind: "script" } },
        { dependsOn: versioning },
      );
      return { bucket: bucket.bucket, arn: bucket.arn, tagsAll: bucket.tagsAll, keyId: key.keyId, etag: object.etag };
    };

  it("keeps a bucket and all its settings, changes them in place, notices drift and leaves nothing behind", async () => {
    await withStack(
      async (stack) => {
        const plan = await stack.preview(program());
        assert.deepEqual(Object.keys(plan), ["create"]);
        const { outputs } = await stack.up(program());
        const Bucket = outputs.bucket?.value as string;
        assert.match(Bucket, /^raw-data-[0-9a-f]{7}$/);
        assert.equal(outputs.arn?.value, `arn:aws:s3:::${Bucket}`);
        assert.deepEqual(outputs.tagsAll?.value, { owner: "data", stage: "test" });

        const encryption = await client.send(new s3.GetBucketEncryptionCommand({ Bucket }));
        assert.equal(
          encryption.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
          "aws:kms",
        );
        assert.equal((await client.send(new s3.GetBucketVersioningCommand({ Bucket }))).Status, "Enabled");
        const lifecycle = await client.send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket }));
        assert.deepEqual(lifecycle.Rules?.map(({ ID }) => ID).sort(), ["abort", "tier"]);
        const rule = lifecycle.Rules?.find(({ ID }) => ID === "tier");
        assert.equal(rule?.Filter?.And?.Prefix, "in/");
        assert.deepEqual(rule?.Filter?.And?.Tags, [{ Key: "tier", Value: "cold" }]);
        const rotation = await kms.send(new GetKeyRotationStatusCommand({ KeyId: outputs.keyId?.value as string }));
        assert.equal(rotation.KeyRotationEnabled, true);
        const body = await client.send(new s3.GetObjectCommand({ Bucket, Key: "scripts/etl.py" }));
        assert.equal(await body.Body?.transformToString(), "print(1)\n");

        assert.deepEqual(await stack.preview(program()), {}, "a second up changes nothing");
        assert.deepEqual(await stack.refresh(program()), {}, "a refresh finds what the program said");
        assert.deepEqual(await stack.preview(program()), {}, "nor does an up after a refresh");

        assert.deepEqual(await stack.preview(program({ prefix: "other/", tag: "sales" })), { update: 2 });
        await stack.up(program({ prefix: "other/", tag: "sales" }));
        const { TagSet } = await client.send(new s3.GetBucketTaggingCommand({ Bucket }));
        assert.deepEqual(TagSet?.find(({ Key }) => Key === "owner")?.Value, "sales");

        await client.send(
          new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
        );
        await client.send(new s3.PutObjectCommand({ Bucket, Key: "scripts/etl.py", Body: "print(2)\n" }));
        await client.send(new s3.DeleteBucketPolicyCommand({ Bucket }));
        assert.deepEqual(await stack.refresh(program({ prefix: "other/", tag: "sales" })), { update: 2, delete: 1 });
        await stack.up(program({ prefix: "other/", tag: "sales" }));
        assert.equal((await client.send(new s3.GetBucketVersioningCommand({ Bucket }))).Status, "Enabled");
        const mended = await client.send(new s3.GetObjectCommand({ Bucket, Key: "scripts/etl.py" }));
        assert.equal(await mended.Body?.transformToString(), "print(1)\n");

        await stack.destroy();
        assert.deepEqual(await buckets(), []);
      },
      { "aws:defaultTags": { value: JSON.stringify({ tags: { stage: "test" } }) } },
    );
  });
});
