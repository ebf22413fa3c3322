import assert from "node:assert/strict";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { EncryptionKey, SecureBucket, type Protection } from "../../../../components";
import { sharedMinistack } from "../../../support/ministack";
import { withStack, type TestStack } from "../../../support/stack";

describe("the destruction of a bucket with data", function () {
  this.timeout(180_000);
  let kms: KMSClient;
  let s3: S3Client;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const configuration = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    kms = new KMSClient(configuration);
    s3 = new S3Client({ ...configuration, forcePathStyle: true });
  });

  const keyState = async (KeyId: string): Promise<string | undefined> =>
    (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;

  const typesOf = async ({ stack }: TestStack): Promise<string[]> => {
    const { deployment } = await stack.exportStack();
    const { resources = [] } = deployment as { resources?: readonly { readonly type: string }[] };
    return resources.map(({ type }) => type);
  };

  /** Deploys a key and a bucket, and puts an object into the bucket. */
  const deploy = async (stack: TestStack, protection: Protection): Promise<{ key: string; bucket: string }> => {
    const { outputs } = await stack.up(async () => {
      const key = new EncryptionKey("lake", { description: "Lake", protection });
      const bucket = new SecureBucket("raw", { key, protection: { posture: "guarded" } });
      return { key: key.keyId, bucket: bucket.bucketName };
    });
    const { key, bucket } = outputs as unknown as Record<"key" | "bucket", { readonly value: string }>;
    await s3.send(new PutObjectCommand({ Bucket: bucket.value, Key: "orders.csv", Body: "id\n1\n" }));
    return { key: key.value, bucket: bucket.value };
  };

  const empty = async (Bucket: string): Promise<void> => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  };

  it("fails at the bucket, and the key that may be lost is still enabled and in the state", async () => {
    await withStack(async (stack) => {
      const { key, bucket } = await deploy(stack, { posture: "disposable", allowDataLoss: true });
      await assert.rejects(stack.destroy(), /BucketNotEmpty/);
      assert.ok((await typesOf(stack)).includes("aws:kms/key:Key"), "the state has lost the key");
      assert.equal(await keyState(key), "Enabled");
      await empty(bucket);
      await stack.destroy();
      assert.equal(await keyState(key), "PendingDeletion");
    });
  });

  it("keeps the key for good unless data may be lost, also when the bucket is gone", async () => {
    await withStack(async (stack) => {
      const { key, bucket } = await deploy(stack, { posture: "guarded" });
      await empty(bucket);
      await stack.destroy();
      assert.deepEqual(await typesOf(stack), []);
      assert.equal(await keyState(key), "Enabled");
    });
  });
});
