import assert from "node:assert/strict";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as sqs from "@aws-sdk/client-sqs";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sharedMinistack } from "../../support/ministack";
import { withStack } from "../../support/stack";

const trust = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

describe("locks, replicas and event sources in the local cloud", function () {
  this.timeout(180_000);
  let buckets: s3.S3Client;
  let functions: lambda.LambdaClient;
  let queues: sqs.SQSClient;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const configuration = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    buckets = new s3.S3Client({ ...configuration, forcePathStyle: true });
    functions = new lambda.LambdaClient(configuration);
    queues = new sqs.SQSClient(configuration);
  });

  it("keeps a bucket's lock and its replica's rules", async () => {
    await withStack(async (stack) => {
      const program =
        (change: { days?: number; priority?: number } = {}) =>
        async () => {
          const role = new aws.iam.Role("replication", { assumeRolePolicy: trust("s3.amazonaws.com") });
          const locked = new aws.s3.Bucket("locked", { objectLockEnabled: true, forceDestroy: true });
          const replica = new aws.s3.Bucket("replica", { forceDestroy: true });
          const versioning = [locked, replica].map(
            ({ bucket }, index) =>
              new aws.s3.BucketVersioning(`v${index}`, { bucket, versioningConfiguration: { status: "Enabled" } }),
          );
          new aws.s3.BucketObjectLockConfiguration(
            "locked",
            { bucket: locked.bucket, rule: { defaultRetention: { mode: "GOVERNANCE", days: change.days ?? 1 } } },
            { dependsOn: versioning },
          );
          new aws.s3.BucketReplicationConfig(
            "locked",
            {
              bucket: locked.bucket,
              role: role.arn,
              rules: [
                {
                  id: "all",
                  status: "Enabled",
                  priority: change.priority ?? 1,
                  filter: { prefix: "in/" },
                  deleteMarkerReplication: { status: "Disabled" },
                  destination: { bucket: replica.arn, storageClass: "STANDARD_IA" },
                },
              ],
            },
            { dependsOn: versioning },
          );
          return { bucket: locked.bucket };
        };
      const { outputs } = await stack.up(program());
      const Bucket = outputs.bucket?.value as string;
      const days = async (): Promise<number | undefined> =>
        (await buckets.send(new s3.GetObjectLockConfigurationCommand({ Bucket }))).ObjectLockConfiguration?.Rule
          ?.DefaultRetention?.Days;
      assert.equal(await days(), 1);
      const { ReplicationConfiguration } = await buckets.send(new s3.GetBucketReplicationCommand({ Bucket }));
      assert.equal(ReplicationConfiguration?.Rules?.[0]?.Destination?.StorageClass, "STANDARD_IA");
      assert.deepEqual(await stack.refresh(program()), {});
      assert.deepEqual(await stack.preview(program()), {});
      assert.deepEqual(await stack.preview(program({ days: 2, priority: 2 })), { update: 2 });
      await stack.up(program({ days: 2, priority: 2 }));
      assert.equal(await days(), 2);
      await buckets.send(new s3.PutObjectCommand({ Bucket, Key: "in/kept", Body: "under governance" }));
      await stack.destroy();
      await assert.rejects(buckets.send(new s3.HeadBucketCommand({ Bucket })), { name: "NotFound" });
    });
  });

  it("feeds a function from a queue, with the limits the program changed last", async () => {
    await withStack(async (stack) => {
      const program =
        (batchSize: number, enabled = true) =>
        async () => {
          const role = new aws.iam.Role("consumer", { assumeRolePolicy: trust("lambda.amazonaws.com") });
          const source = new aws.sqs.Queue("source", { visibilityTimeoutSeconds: 60 });
          const reads = {
            Effect: "Allow",
            Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            Resource: source.arn,
          };
          const rights = new aws.iam.RolePolicy("consumer", {
            role: role.id,
            policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [reads] }),
          });
          const echo = new aws.sqs.Queue("echo");
          const fn = new aws.lambda.Function("consumer", {
            role: role.arn,
            runtime: "nodejs24.x",
            handler: "index.handler",
            timeout: 30,
            environment: { variables: { ECHO: echo.url } },
            code: new pulumi.asset.AssetArchive({
              "index.js": new pulumi.asset.StringAsset(
                `exports.handler = async ({ Records }) => {
                   for (const { body } of Records) {
                     const text = new URLSearchParams({ Action: "SendMessage", QueueUrl: process.env.ECHO, MessageBody: "echo " + body });
                     await fetch(process.env.AWS_ENDPOINT_URL, { method: "POST", body: text, headers: {
                       authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/sqs/aws4_request" } });
                   }
                 };`,
              ),
            }),
          });
          const mapping = new aws.lambda.EventSourceMapping(
            "consumer",
            {
              eventSourceArn: source.arn,
              functionName: fn.arn,
              batchSize,
              enabled,
              functionResponseTypes: ["ReportBatchItemFailures"],
              scalingConfig: { maximumConcurrency: 2 },
              filterCriteria: { filters: [{ pattern: JSON.stringify({ body: [{ prefix: "hello" }] }) }] },
            },
            { dependsOn: rights },
          );
          return { source: source.url, echo: echo.url, mapping: mapping.uuid };
        };
      const { outputs } = await stack.up(program(1));
      const UUID = outputs.mapping?.value as string;
      await queues.send(
        new sqs.SendMessageCommand({ QueueUrl: outputs.source?.value as string, MessageBody: "hello" }),
      );
      const { Messages } = await queues.send(
        new sqs.ReceiveMessageCommand({ QueueUrl: outputs.echo?.value as string, WaitTimeSeconds: 20 }),
      );
      assert.equal(Messages?.[0]?.Body, "echo hello");
      assert.deepEqual(await stack.refresh(program(1)), {});
      assert.deepEqual(await stack.preview(program(1)), {});
      assert.deepEqual(await stack.preview(program(5, false)), { update: 1 });
      await stack.up(program(5, false));
      const mapping = await functions.send(new lambda.GetEventSourceMappingCommand({ UUID }));
      assert.equal(mapping.BatchSize, 5);
      assert.match(mapping.State ?? "", /^Disabl/);
      await stack.destroy();
      await assert.rejects(functions.send(new lambda.GetEventSourceMappingCommand({ UUID })), {
        name: "ResourceNotFoundException",
      });
    });
  });

  it("says at once what AWS's service model refuses", async () => {
    await withStack(async (stack) => {
      await assert.rejects(
        stack.up(async () => void new aws.cloudwatch.LogGroup("flow", { retentionInDays: 8, name: "a b" })),
        /aws:cloudwatch:LogGroup \(flow\):\s+error: ValidationException: CreateLogGroup: .*logGroupName/s,
      );
    });
  });
});
