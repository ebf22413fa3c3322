import assert from "node:assert/strict";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DeadLetterQueue, EncryptionKey, NotificationTopic } from "../../../components";
import { alertOnEvents } from "../../../components/core/event-alert";
import { PlatformComponent } from "../../../components/core/platform-component";
import { buildBus } from "../../../components/ingestion/pipeline/bus";
import { sharedMinistack } from "../../support/ministack";
import { WatchedProvider } from "../../support/requests";
import { withStack } from "../../support/stack";

const LOSE = { posture: "disposable", allowDataLoss: true } as const;

/** A rule of the account's bus that alerts, and an encrypted bus. */
class Plant extends PlatformComponent {
  constructor(name: string, key: EncryptionKey, alerts: NotificationTopic) {
    super("core", "Plant", name, {});
    const pattern = { source: ["plant"], "detail-type": ["Machine Stopped"] };
    alertOnEvents(this.scope, { description: "Sends an alert when a machine stops", pattern, alerts, key });
    buildBus(this.scope, { key, alerts, protection: LOSE });
    this.registerOutputs({});
  }
}

describe("alerts in the local cloud", function () {
  this.timeout(120_000);
  let provider: WatchedProvider;
  let endpoint: string;

  before(async () => {
    endpoint = (await sharedMinistack()).endpoint;
    provider = await WatchedProvider.start();
  });
  after(() => provider.stop());

  const program = () => {
    const key = new EncryptionKey("plant", { description: "Plant", protection: LOSE });
    const alerts = new NotificationTopic("alerts", { key });
    const audit = new DeadLetterQueue("audit", { key, allow: (arn) => [alerts.statementForQueue(arn)] });
    alerts.subscribeQueue("audit", audit.queueArn);
    new Plant("plant-floor", key, alerts);
    return Promise.resolve({ queue: audit.queueUrl });
  };

  it("reach the readers of the topic when a rule matches an event, and a second deployment changes nothing", async () => {
    await withStack(
      async ({ up, preview, destroy }) => {
        const { outputs } = await up(program);
        assert.deepEqual(await preview(program), {}, "a second deployment would change something");
        const config = {
          endpoint,
          region: "eu-central-1",
          credentials: { accessKeyId: "test", secretAccessKey: "test" },
        };
        const entry = { Source: "plant", Detail: JSON.stringify({ machine: "press-7" }) };
        await new EventBridgeClient(config).send(
          new PutEventsCommand({
            Entries: [
              { ...entry, DetailType: "Machine Started" },
              { ...entry, DetailType: "Machine Stopped" },
            ],
          }),
        );
        const { Messages = [] } = await new SQSClient(config).send(
          new ReceiveMessageCommand({
            QueueUrl: String(outputs.queue?.value),
            WaitTimeSeconds: 10,
            MaxNumberOfMessages: 10,
          }),
        );
        const received = Messages.map(({ Body }) => JSON.parse(Body ?? "{}") as Record<string, unknown>);
        assert.deepEqual(
          received.map((event) => [event["detail-type"], event.detail]),
          [["Machine Stopped", { machine: "press-7" }]],
        );
        const [bus] = provider.requests("CreateEventBus").map(({ params }) => params);
        assert.match(String((bus?.DeadLetterConfig as { Arn?: string } | undefined)?.Arn), /:sqs:.*bus-undelivered/);
        await destroy();
      },
      {},
      provider.attachment,
    );
  });
});
