import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DeadLetterQueue, EncryptionKey, NotificationTopic } from "../../components";
import { undelivered } from "../../evaluate/lints/undelivered";
import { record } from "../support/harness";

const found = async (program: () => unknown): Promise<readonly string[]> =>
  undelivered((await record(program)).resources).map(({ resource, message }) => `${resource.name}: ${message}`);

/** An alarm on a queue, which sends its alert to a topic. */
const alarm = (queue: aws.sqs.Queue, changes: Partial<aws.cloudwatch.MetricAlarmArgs> = {}) =>
  new aws.cloudwatch.MetricAlarm("waiting", {
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue.name },
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    evaluationPeriods: 1,
    alarmActions: [new aws.sns.Topic("alerts").arn],
    ...changes,
  });

/** Each use of a queue for what could not be delivered. */
const USES: Readonly<Record<string, (arn: pulumi.Input<string>) => unknown>> = {
  "the target of a rule": (arn) =>
    new aws.cloudwatch.EventTarget("target", { rule: "rule", arn: "arn:aws:sns:::x", deadLetterConfig: { arn } }),
  "an event bus": (arn) => new aws.cloudwatch.EventBus("bus", { deadLetterConfig: { arn } }),
  "a schedule": (arn) =>
    new aws.scheduler.Schedule("schedule", {
      scheduleExpression: "rate(1 hour)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { arn: "arn:aws:lambda:::x", roleArn: "arn:aws:iam::1:role/x", deadLetterConfig: { arn } },
    }),
  "a subscription": (arn) =>
    new aws.sns.TopicSubscription("subscription", {
      topic: "arn:aws:sns:eu-central-1:1:x",
      protocol: "https",
      endpoint: "https://hooks.example.com",
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: arn }),
    }),
  "a function": (arn) =>
    new aws.lambda.Function("function", { role: "arn:aws:iam::1:role/x", deadLetterConfig: { targetArn: arn } }),
  "asynchronous invocations": (arn) =>
    new aws.lambda.FunctionEventInvokeConfig("invocations", {
      functionName: "x",
      destinationConfig: { onFailure: { destination: arn } },
    }),
  "an event source mapping": (arn) =>
    new aws.lambda.EventSourceMapping("mapping", {
      functionName: "x",
      destinationConfig: { onFailure: { destinationArn: arn } },
    }),
  "another queue": (arn) =>
    new aws.sqs.Queue("source", {
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: arn, maxReceiveCount: 3 }),
    }),
};

describe("the lint of undelivered messages", () => {
  for (const [use, make] of Object.entries(USES)) {
    it(`wants an alarm for the queue of ${use}`, async () => {
      const queue = () => {
        const lost = new aws.sqs.Queue("lost");
        make(lost.arn);
        return lost;
      };
      const problems = await found(queue);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", /^lost: .*no alarm on ApproximateNumberOfMessagesVisible tells a topic/);
      assert.deepEqual(await found(() => alarm(queue())), []);
    });
  }

  it("leaves queues alone that have a reader", async () => {
    assert.deepEqual(await found(() => new aws.sqs.Queue("orders")), []);
    const read = () => {
      const key = new EncryptionKey("audit", { description: "Audit" });
      const topic = new NotificationTopic("topic", { key, emails: ["oncall@example.com"] });
      const audit = new DeadLetterQueue("audit", { key, allow: (arn) => [topic.statementForQueue(arn)] });
      topic.subscribeQueue("audit", audit.queueArn);
    };
    assert.deepEqual(await found(read), []);
  });

  const NO_ALARM: Readonly<Record<string, Partial<aws.cloudwatch.MetricAlarmArgs>>> = {
    "waits for more than one message": { threshold: 10 },
    "is on the age of the oldest message": { metricName: "ApproximateAgeOfOldestMessage" },
    "is about another queue": { dimensions: { QueueName: "another" } },
    "may not act": { actionsEnabled: false },
    "tells no topic": { alarmActions: [] },
    "is in alarm without a message": { comparisonOperator: "LessThanThreshold", threshold: 1 },
  };
  for (const [what, changes] of Object.entries(NO_ALARM)) {
    it(`does not take an alarm for one that ${what}`, async () => {
      const problems = await found(() => {
        const lost = new aws.sqs.Queue("lost");
        new aws.cloudwatch.EventBus("bus", { deadLetterConfig: { arn: lost.arn } });
        return alarm(lost, changes);
      });
      assert.equal(problems.length, 1, what);
    });
  }

  it("wants an alert about undelivered alerts to reach another receiver than the one that failed", async () => {
    const topic = (changes: Partial<ConstructorParameters<typeof NotificationTopic>[1]>) => {
      const key = new EncryptionKey("alerts", { description: "Alerts" });
      return new NotificationTopic("alerts", { key, https: ["https://hooks.example.com/alerts"], ...changes });
    };
    const [problem = "", ...others] = await found(() => topic({}));
    assert.deepEqual(others, []);
    assert.match(problem, /alerts-undelivered-queue: .*the topic whose only subscription delivers nothing/);
    assert.deepEqual(await found(() => topic({ emails: ["oncall@example.com"] })), []);
  });

  const DROPPED: Readonly<Record<string, () => unknown>> = {
    "the target of a rule": () => new aws.cloudwatch.EventTarget("target", { rule: "rule", arn: "arn:aws:sns:::x" }),
    "an encrypted event bus": () => new aws.cloudwatch.EventBus("bus", { kmsKeyIdentifier: "arn:aws:kms:::key/x" }),
    "a schedule": () =>
      new aws.scheduler.Schedule("schedule", {
        scheduleExpression: "rate(1 hour)",
        flexibleTimeWindow: { mode: "OFF" },
        target: { arn: "arn:aws:lambda:::x", roleArn: "arn:aws:iam::1:role/x" },
      }),
    "a subscription": () =>
      new aws.sns.TopicSubscription("subscription", { topic: "x", protocol: "https", endpoint: "https://x" }),
  };
  for (const [sender, make] of Object.entries(DROPPED)) {
    it(`wants a queue for what ${sender} could not deliver`, async () => {
      const problems = await found(make);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", /drops the (events|invocations|messages)/);
    });
  }

  it("wants no queue where nothing can be lost", async () => {
    assert.deepEqual(await found(() => new aws.cloudwatch.EventBus("bus", {})), []);
    const mail = { topic: "x", protocol: "email", endpoint: "oncall@example.com" };
    assert.deepEqual(await found(() => new aws.sns.TopicSubscription("subscription", mail)), []);
  });

  it("wants an alarm for every queue that the component of dead letters makes", async () => {
    const make = (alerted: boolean) => {
      const key = new EncryptionKey("lake", { description: "Lake" });
      const alerts = new NotificationTopic("alerts", { key, emails: ["oncall@example.com"] });
      return new DeadLetterQueue("lost", { key, ...(alerted ? { alerts } : {}) });
    };
    assert.match((await found(() => make(false)))[0] ?? "", /^lost-queue: .*no alarm/);
    assert.deepEqual(await found(() => make(true)), []);
  });
});
