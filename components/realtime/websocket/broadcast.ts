import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { CHANNEL_NAME } from "../../../contracts/realtime";
import { alarm } from "../../core/alarm";
import { DeadLetterQueue } from "../../core/dead-letter-queue";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import type { PlatformFunction } from "../../core/platform-function";
import type { ArgumentCheck } from "../../core/validate";
import { permit, type RouteSite } from "./routes";

/** A table with a stream of its changes, such as a `DocumentTable`. */
export interface ChangeStream {
  readonly streamArn: pulumi.Output<string>;
  grantStream(): Statement[];
}

/** What can be broadcast as it comes. */
export type BroadcastSource = {
  /** Only to who subscribed to it. Default: to everybody. */
  readonly channel?: string;
} & (
  | {
      /** Events of EventBridge: clients get `{ event, source, at, detail }`. */
      readonly kind: "events";
      /** E.g. `{ source: ["dataplatform.ingestion"] }`. */
      readonly pattern: object;
      /** Default: the account's default bus. */
      readonly busName?: pulumi.Input<string>;
    }
  | {
      /** Messages of a topic: clients get `{ subject, at, body }`. Its attribute `channel` wins over `channel`. */
      readonly kind: "topic";
      readonly topic: NotificationTopic;
    }
  | {
      /** Changes of a table: clients get `{ event, keys, newItem, oldItem }`. */
      readonly kind: "stream";
      readonly stream: ChangeStream;
    }
  | {
      /** Messages of a queue: `{ message, channel? }`, or anything, which clients get as it is. */
      readonly kind: "queue";
      /** Its visibility timeout must be 30 seconds, as by default, or more. */
      readonly queueArn: pulumi.Input<string>;
      /** The queue's own key. */
      readonly key: EncryptionKey;
    }
);

/** Lambda refuses a queue whose messages come back before the function is done; 30 seconds are what queues start with. */
export const QUEUE_SECONDS = 30;

const KINDS: readonly BroadcastSource["kind"][] = ["events", "topic", "stream", "queue"];

export function checkBroadcastSource(
  argument: string,
  source: BroadcastSource,
  key: EncryptionKey,
  check: ArgumentCheck,
): void {
  check.oneOf(`${argument} kind`, source.kind, KINDS);
  check.matches(
    `${argument} channel`,
    source.channel,
    CHANNEL_NAME,
    "1 to 128 letters, digits and any of _ . : / -; unset for everybody",
  );
  if (source.kind !== "events") return;
  check.require(
    key.admits("events"),
    argument,
    "a key that EventBridge cannot use",
    'an EncryptionKey with "events" among its users',
  );
  check.require(
    Object.keys(source.pattern).length > 0,
    `${argument} pattern`,
    source.pattern,
    "an event pattern with one field at least, as EventBridge requires",
  );
}

/** What a function needs to read the source itself. */
export function sourceStatements(source: BroadcastSource): Statement[] {
  if (source.kind === "stream") return source.stream.grantStream();
  if (source.kind !== "queue") return [];
  return [
    {
      actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
      resources: [source.queueArn],
    },
    ...source.key.grantDecrypt(),
  ];
}

/** An event as a request to broadcast it: EventBridge fills in the parts. */
export function eventTransformer(channel: string | undefined): aws.types.input.cloudwatch.EventTargetInputTransformer {
  const to = channel === undefined ? "" : `"channel":${JSON.stringify(channel)},`;
  return {
    inputPaths: { event: "$.detail-type", source: "$.source", at: "$.time", detail: "$.detail" },
    inputTemplate: `{${to}"message":{"event":"<event>","source":"<source>","at":"<at>","detail":<detail>}}`,
  };
}

type Source<Kind extends BroadcastSource["kind"]> = Extract<BroadcastSource, { readonly kind: Kind }>;

/** A rule whose events go to the API's own broadcaster: EventBridge itself names the channel. */
export function broadcastEvents(
  site: RouteSite,
  role: string,
  { busName, channel, pattern }: Source<"events">,
  { alerts, key }: { readonly alerts?: NotificationTopic; readonly key: EncryptionKey },
  broadcaster: PlatformFunction,
): void {
  const { name } = site;
  const rule = new aws.cloudwatch.EventRule(
    `${name}-${role}-rule`,
    {
      description: `What clients of ${name} hear as ${role}`,
      eventBusName: busName,
      eventPattern: JSON.stringify(pattern),
    },
    site.child(),
  );
  const permission = permit(site, role, "events.amazonaws.com", broadcaster, rule.arn);
  const undelivered = new DeadLetterQueue(`${name}-${role}-undelivered`, { key, fromEventBridge: true }, site.child());
  alarm(site.scope, `${role}-undelivered`, alerts, {
    description: `Events of ${role} did not reach the clients of ${name}`,
    namespace: "AWS/SQS",
    metric: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: undelivered.queueName },
    statistic: "Maximum",
  });
  new aws.cloudwatch.EventTarget(
    `${name}-${role}-target`,
    {
      rule: rule.name,
      eventBusName: rule.eventBusName,
      arn: broadcaster.functionArn,
      inputTransformer: eventTransformer(channel),
      // Later it is no news any more.
      retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 5 },
      deadLetterConfig: { arn: undelivered.queueArn },
    },
    site.child({ dependsOn: [permission] }),
  );
}

/** Has a function of its own read a stream or a queue. */
export function broadcastRecords(
  { name, child }: RouteSite,
  role: string,
  source: Source<"stream"> | Source<"queue">,
  relay: PlatformFunction,
): void {
  const reading: Omit<aws.lambda.EventSourceMappingArgs, "functionName"> =
    source.kind === "queue"
      ? { eventSourceArn: source.queueArn, batchSize: 10 }
      : {
          eventSourceArn: source.stream.streamArn,
          // Whoever is connected hears what happens from now on.
          startingPosition: "LATEST",
          batchSize: 100,
          bisectBatchOnFunctionError: true,
          maximumRetryAttempts: 3,
          maximumRecordAgeInSeconds: 300,
          destinationConfig: { onFailure: { destinationArn: relay.deadLetterQueueArn } },
        };
  new aws.lambda.EventSourceMapping(
    `${name}-${role}-trigger`,
    { functionName: relay.functionArn, functionResponseTypes: ["ReportBatchItemFailures"], ...reading },
    child(),
  );
}
