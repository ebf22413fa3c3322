import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { CHANNEL_NAME } from "../../contracts/realtime";
import type { EncryptionKey } from "../core/encryption-key";
import type { Statement } from "../core/iam";
import type { NotificationTopic } from "../core/notification-topic";
import type { ArgumentCheck } from "../core/validate";

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
      readonly queueArn: pulumi.Input<string>;
      /** The queue's own key. */
      readonly key: EncryptionKey;
    }
);

const KINDS: readonly BroadcastSource["kind"][] = ["events", "topic", "stream", "queue"];

export function checkBroadcastSource(argument: string, source: BroadcastSource, check: ArgumentCheck): void {
  check.oneOf(`${argument} kind`, source.kind, KINDS);
  check.matches(
    `${argument} channel`,
    source.channel,
    CHANNEL_NAME,
    "1 to 128 letters, digits and any of _ . : / -; unset for everybody",
  );
  if (source.kind !== "events") return;
  check.require(
    Object.keys(source.pattern).length > 0,
    `${argument} pattern`,
    source.pattern,
    "an event pattern: an empty one would match nothing EventBridge takes",
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
