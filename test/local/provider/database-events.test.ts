import assert from "node:assert/strict";
import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  DatabaseEvents,
  DataLake,
  DeadLetterQueue,
  EncryptionKey,
  type DatabaseEventSubscription,
} from "../../../components";
import { sharedMinistack } from "../../support/ministack";
import { WatchedProvider } from "../../support/requests";
import { withStack } from "../../support/stack";

const LOSE = { posture: "disposable", allowDataLoss: true } as const;

describe("database events in the local cloud", function () {
  this.timeout(120_000);
  let provider: WatchedProvider;
  let endpoint: string;

  before(async () => {
    endpoint = (await sharedMinistack()).endpoint;
    provider = await WatchedProvider.start();
  });
  after(() => provider.stop());

  const at = (address: string): ConstructorParameters<typeof SNSClient>[0] => ({
    endpoint: address,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

  const program =
    (failovers: DatabaseEventSubscription = { source: "instance", categories: ["failover"] }) =>
    async () => {
      const key = new EncryptionKey("databases", {
        description: "Databases",
        users: ["cloudwatch-logs", "rds-events", "sns"],
        protection: LOSE,
      });
      const lake = new DataLake("lake", { key, protection: LOSE });
      const events = new DatabaseEvents("events", {
        key,
        subscriptions: { failovers },
        archive: { lake, bufferSeconds: 0 },
      });
      const readers = new DeadLetterQueue("readers", {
        key,
        allow: (queueArn) => [events.topic.statementForQueue(queueArn)],
      });
      events.topic.subscribeQueue("readers", readers.queueArn);
      return {
        names: events.subscriptionNames,
        topic: events.topicArn,
        queue: readers.queueUrl,
        archive: events.archiveStreamArn,
      };
    };

  it("are subscribed to by kind of source, reach a queue, and are meant for the lake", async () => {
    await withStack(
      async ({ up, preview, destroy }) => {
        const { outputs } = await up(program());
        assert.deepEqual(await preview(program()), {}, "a second deployment would change something");
        const names = outputs.names?.value as Record<string, string>;
        assert.deepEqual(Object.keys(names).sort(), [
          "critical-cluster",
          "critical-instance",
          "critical-parameter-group",
          "critical-security-group",
          "failovers",
        ]);
        // No emulator knows subscriptions: what RDS would be asked for is what there is to see.
        const asked = (role: string): unknown => {
          const requests = provider.requests("CreateEventSubscription", "ModifyEventSubscription");
          const last = requests
            .map(({ params }) => params)
            .filter((one) => one.SubscriptionName === names[role])
            .at(-1);
          return [last?.SourceType, last?.EventCategories, last?.SnsTopicArn];
        };
        const topic = String(outputs.topic?.value);
        assert.deepEqual(asked("failovers"), ["db-instance", ["failover"], topic]);
        assert.deepEqual(asked("critical-security-group"), [
          "db-security-group",
          ["configuration change", "failure"],
          topic,
        ]);

        const sns = new SNSClient(at(endpoint) ?? {});
        const message = JSON.stringify({ "Event Source": "db-instance", "Event Message": "Failover started" });
        await sns.send(new PublishCommand({ TopicArn: topic, Message: message }));
        const { Messages = [] } = await new SQSClient(at(endpoint) ?? {}).send(
          new ReceiveMessageCommand({ QueueUrl: String(outputs.queue?.value), WaitTimeSeconds: 10 }),
        );
        assert.equal(Messages[0]?.Body, message);
        const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
        const archive = Subscriptions.find(({ Protocol }) => Protocol === "firehose");
        assert.equal(archive?.Endpoint, outputs.archive?.value);

        const lowStorage = program({ source: "instance", categories: ["failover", "low storage"] });
        assert.deepEqual(await preview(lowStorage), { update: 1 });
        await up(lowStorage);
        assert.deepEqual(asked("failovers"), ["db-instance", ["failover", "low storage"], topic]);
        await destroy();
        const gone = provider
          .requests("DeleteEventSubscription")
          .map(({ params }) => params.SubscriptionName as string);
        assert.deepEqual(gone.sort(), Object.values(names).sort());
      },
      {},
      provider.attachment,
    );
  });
});
