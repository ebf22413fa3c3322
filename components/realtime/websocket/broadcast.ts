import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { CHANNEL_NAME } from "../../../contracts/realtime";
import { DeadLetterQueue } from "../../core/dead-letter-queue";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import type { PlatformFunction } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import { reference, type Resolved, type Settings } from "../../core/settings";
import { permit } from "./routes";

/** A table with a stream of its changes, such as a `DocumentTable`. */
export interface ChangeStream {
  readonly streamArn: pulumi.Output<string>;
  grantStream(): Statement[];
}

const channel = z
  .string()
  .regex(CHANNEL_NAME, "1 to 128 letters, digits and any of _ . : / -; unset for every client")
  .optional()
  .describe("The channel whose subscribers receive the messages. All clients receive them when unset.");

export const broadcastSource = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("events"),
    channel,
    pattern: z
      .record(z.string(), z.unknown())
      .refine(
        (pattern) => Object.keys(pattern).length > 0,
        "an event pattern with one field at least, as EventBridge requires",
      )
      .describe(
        'Pattern of EventBridge events, such as `{ source: ["dataplatform.ingestion"] }`. Clients receive `{ event, source, at, detail }`.',
      ),
    busName: reference<pulumi.Input<string>>("name of an event bus")
      .optional()
      .describe("The account's default bus when unset."),
  }),
  z.strictObject({
    kind: z.literal("topic"),
    channel,
    topic: reference<NotificationTopic>("NotificationTopic").describe(
      "Clients receive `{ subject, at, body }`. A message's attribute `channel` wins over `channel`.",
    ),
  }),
  z.strictObject({
    kind: z.literal("stream"),
    channel,
    stream: reference<ChangeStream>("DocumentTable, or another table with a stream").describe(
      "Clients receive `{ event, keys, newItem, oldItem }` of each change.",
    ),
  }),
  z.strictObject({
    kind: z.literal("queue"),
    channel,
    queueArn: reference<pulumi.Input<string>>("ARN of a queue").describe(
      "Clients receive each message as it is, or the `message` of `{ message, channel? }`. The queue's visibility timeout must be 30 seconds, as by default, or more.",
    ),
    key: reference<EncryptionKey>("EncryptionKey").describe("The queue's own key."),
  }),
]);

/** The sources of an API by the name of their resources. */
export const broadcastSettings = z.strictObject({ broadcastFrom: z.record(z.string(), broadcastSource) });

/** Messages that clients receive as they come: events, messages of a topic or a queue, or changes of a table. */
export type BroadcastSource = Settings<typeof broadcastSource>;

type Source<Kind extends BroadcastSource["kind"]> = Extract<Resolved<typeof broadcastSource>, { readonly kind: Kind }>;

/** Lambda refuses a queue whose messages become visible before the function's timeout. A queue has 30 seconds by default. */
export const QUEUE_SECONDS = 30;

/** What a function needs to read a source itself. */
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

/** How EventBridge turns an event into a request to broadcast it. */
export function eventTransformer(channel: string | undefined): aws.types.input.cloudwatch.EventTargetInputTransformer {
  const to = channel === undefined ? "" : `"channel":${JSON.stringify(channel)},`;
  return {
    inputPaths: { event: "$.detail-type", source: "$.source", at: "$.time", detail: "$.detail" },
    inputTemplate: `{${to}"message":{"event":"<event>","source":"<source>","at":"<at>","detail":<detail>}}`,
  };
}

/** Makes a rule whose events go to the API's own broadcaster, with the channel that EventBridge puts in. */
export function broadcastEvents(
  scope: Scope,
  { busName, channel, pattern }: Source<"events">,
  { alerts, key }: { readonly alerts?: NotificationTopic; readonly key: EncryptionKey },
  broadcaster: PlatformFunction,
): void {
  const { name } = scope;
  const rule = new aws.cloudwatch.EventRule(
    `${name}-rule`,
    {
      description: `Sends events to the WebSocket clients of ${name}`,
      eventBusName: busName,
      eventPattern: JSON.stringify(pattern),
    },
    scope.child(),
  );
  const permission = permit(scope, "events.amazonaws.com", broadcaster, rule.arn);
  const undelivered = new DeadLetterQueue(
    `${name}-undelivered`,
    {
      key,
      alerts,
      meaning: `EventBridge could not deliver events of ${name} to the function that sends them to WebSocket clients.`,
      fromEventBridge: true,
    },
    scope.child(),
  );
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      eventBusName: rule.eventBusName,
      arn: broadcaster.functionArn,
      inputTransformer: eventTransformer(channel),
      // An event that is older than five minutes is of no use to a client.
      retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 5 },
      deadLetterConfig: { arn: undelivered.queueArn },
    },
    scope.after(permission).child(),
  );
}

/** Makes a function of its own read a stream or a queue. */
export function broadcastRecords(
  scope: Scope,
  source: Source<"stream"> | Source<"queue">,
  relay: PlatformFunction,
): void {
  const reading: Omit<aws.lambda.EventSourceMappingArgs, "functionName"> =
    source.kind === "queue"
      ? { eventSourceArn: source.queueArn, batchSize: 10 }
      : {
          eventSourceArn: source.stream.streamArn,
          // Clients receive the changes from now on.
          startingPosition: "LATEST",
          batchSize: 100,
          bisectBatchOnFunctionError: true,
          maximumRetryAttempts: 3,
          maximumRecordAgeInSeconds: 300,
          destinationConfig: { onFailure: { destinationArn: relay.deadLetterQueueArn } },
        };
  new aws.lambda.EventSourceMapping(
    `${scope.name}-trigger`,
    { functionName: relay.functionArn, functionResponseTypes: ["ReportBatchItemFailures"], ...reading },
    scope.child(),
  );
}
