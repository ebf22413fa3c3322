import assert from "node:assert/strict";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sharedMinistack } from "../../support/ministack";
import { withStack } from "../../support/stack";

describe("topics, queues and log groups in the local cloud", function () {
  this.timeout(180_000);
  let topics: sns.SNSClient;
  let queues: sqs.SQSClient;
  let groups: logs.CloudWatchLogsClient;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const configuration = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    topics = new sns.SNSClient(configuration);
    queues = new sqs.SQSClient(configuration);
    groups = new logs.CloudWatchLogsClient(configuration);
  });

  const allow = (service: string, action: string, resource: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: action, Resource: resource }],
    });

  const program =
    (change: { display?: string; visibility?: number; retention?: number; raw?: boolean } = {}) =>
    async () => {
      const key = new aws.kms.Key("alerts", { deletionWindowInDays: 7 });
      const topic = new aws.sns.Topic("alerts", {
        displayName: change.display ?? "Alerts",
        kmsMasterKeyId: key.arn,
        tracingConfig: "Active",
        tags: { kind: "alerts" },
      });
      new aws.sns.TopicPolicy("alerts", {
        arn: topic.arn,
        policy: allow("events.amazonaws.com", "sns:Publish", topic.arn),
      });
      const dead = new aws.sqs.Queue("dead", { messageRetentionSeconds: 1209600, kmsMasterKeyId: key.arn });
      const queue = new aws.sqs.Queue("alerts", {
        visibilityTimeoutSeconds: change.visibility,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 }),
      });
      const ordered = new aws.sqs.Queue("ordered", { fifoQueue: true, contentBasedDeduplication: true });
      new aws.sqs.QueuePolicy("alerts", {
        queueUrl: queue.url,
        policy: allow("sns.amazonaws.com", "sqs:SendMessage", queue.arn),
      });
      new aws.sns.TopicSubscription("queue", {
        topic: topic.arn,
        protocol: "sqs",
        endpoint: queue.arn,
        rawMessageDelivery: change.raw ?? true,
        filterPolicy: JSON.stringify({ severity: ["high"] }),
      });
      new aws.sns.TopicSubscription("mail", { topic: topic.arn, protocol: "email", endpoint: "oncall@example.com" });
      const group = new aws.cloudwatch.LogGroup("flow", { retentionInDays: change.retention ?? 30, kmsKeyId: key.arn });
      new aws.cloudwatch.LogResourcePolicy("events", {
        policyName: "events-to-logs",
        policyDocument: allow("events.amazonaws.com", "logs:PutLogEvents", pulumi.interpolate`${group.arn}:*`),
      });
      return { topic: topic.arn, queue: queue.url, group: group.name, arn: group.arn, ordered: ordered.name };
    };

  it("delivers what is published, changes settings in place and takes everything away again", async () => {
    await withStack(async (stack) => {
      const { outputs } = await stack.up(program());
      const QueueUrl = outputs.queue?.value as string;
      const TopicArn = outputs.topic?.value as string;
      assert.match(outputs.arn?.value as string, /^arn:aws:logs:eu-central-1:\d{12}:log-group:flow-[0-9a-f]{7}$/);
      assert.match(outputs.ordered?.value as string, /^ordered-[0-9a-f]{7}\.fifo$/);
      const severity = (StringValue: string): Record<string, sns.MessageAttributeValue> => ({
        severity: { DataType: "String", StringValue },
      });
      await topics.send(new sns.PublishCommand({ TopicArn, Message: "dull", MessageAttributes: severity("low") }));
      await topics.send(new sns.PublishCommand({ TopicArn, Message: "urgent", MessageAttributes: severity("high") }));
      const { Messages } = await queues.send(
        new sqs.ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10, MaxNumberOfMessages: 10 }),
      );
      assert.deepEqual(
        Messages?.map(({ Body }) => Body),
        ["urgent"],
      );

      assert.deepEqual(await stack.preview(program()), {});
      assert.deepEqual(await stack.refresh(program()), {});
      assert.deepEqual(await stack.preview(program()), {});

      const change = { display: "On call", visibility: 90, retention: 7, raw: false };
      assert.deepEqual(await stack.preview(program(change)), { update: 4 });
      await stack.up(program(change));
      const { Attributes } = await queues.send(
        new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
      );
      assert.equal(Attributes?.VisibilityTimeout, "90");
      await stack.up(program({ ...change, visibility: undefined }));
      const after = await queues.send(new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
      assert.equal(after.Attributes?.VisibilityTimeout, "30", "taken back, it is AWS's default again");
      const name = outputs.group?.value as string;
      const retention = async (): Promise<number | undefined> =>
        (await groups.send(new logs.DescribeLogGroupsCommand({ logGroupNamePrefix: name }))).logGroups?.[0]
          ?.retentionInDays;
      assert.equal(await retention(), 7);

      await groups.send(new logs.DeleteRetentionPolicyCommand({ logGroupName: name }));
      await topics.send(
        new sns.SetTopicAttributesCommand({ TopicArn, AttributeName: "DisplayName", AttributeValue: "Mine" }),
      );
      const last = { ...change, visibility: undefined };
      assert.deepEqual(await stack.refresh(program(last)), { update: 2 });
      await stack.up(program(last));
      assert.equal(await retention(), 7);

      await stack.destroy();
      await assert.rejects(topics.send(new sns.GetTopicAttributesCommand({ TopicArn })), { name: "NotFoundException" });
      await assert.rejects(queues.send(new sqs.GetQueueUrlCommand({ QueueName: QueueUrl.split("/").at(-1) })), {
        name: /NonExistentQueue|QueueDoesNotExist/,
      });
      assert.equal(await retention(), undefined);
    });
  });
});
