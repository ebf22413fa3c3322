import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord, EventBridgeEvent, SNSEventRecord, SQSRecord } from "aws-lambda";
import { CHANNEL_NAME, type BroadcastRequest } from "../../contracts/realtime";
import { NamedError } from "../shared/errors";

export type BroadcastRecord = SNSEventRecord | SQSRecord | DynamoDBRecord;

/** What may invoke the function: a request itself, or any of the sources. */
export type BroadcastEvent =
  BroadcastRequest | EventBridgeEvent<string, unknown> | { readonly Records: readonly BroadcastRecord[] };

const toChannel = (message: unknown, channel: string | undefined): BroadcastRequest => ({
  ...(channel ? { channel } : {}),
  message,
});

/** Returns the records of an event that has any. */
export const recordsOf = (event: BroadcastEvent): readonly BroadcastRecord[] | undefined =>
  typeof event === "object" && event !== null && "Records" in event && Array.isArray(event.Records)
    ? (event.Records as readonly BroadcastRecord[])
    : undefined;

/** Reads the request that a record holds. Its message goes to `channel` when it names no channel of its own. */
export function requestOfRecord(record: BroadcastRecord, channel: string | undefined): BroadcastRequest {
  if ("Sns" in record) {
    const { Message, MessageAttributes = {}, Subject, Timestamp } = record.Sns;
    const own = MessageAttributes.channel?.Value;
    const message = { ...(Subject ? { subject: Subject } : {}), at: Timestamp, body: parsed(Message) };
    return checked(own === undefined ? toChannel(message, channel) : { channel: own, message });
  }
  if ("dynamodb" in record) return toChannel(change(record), channel);
  const content = parsed((record as SQSRecord).body);
  return isRequest(content) ? checked(content) : toChannel(content, channel);
}

/** Reads the request of an event without records. */
export function requestOf(event: BroadcastEvent, channel: string | undefined): BroadcastRequest {
  if (event !== null && typeof event === "object" && "detail-type" in event) {
    const { source, time, detail } = event;
    return toChannel({ event: event["detail-type"], source, at: time, detail }, channel);
  }
  return isRequest(event) ? checked({ ...toChannel(event.message, channel), ...event }) : fail(event);
}

const isRequest = (value: unknown): value is BroadcastRequest =>
  value !== null && typeof value === "object" && !Array.isArray(value) && "message" in value && onlyKnown(value);

const onlyKnown = (value: object): boolean => Object.keys(value).every((key) => ["channel", "message"].includes(key));

function checked(request: BroadcastRequest): BroadcastRequest {
  const { channel } = request;
  if (channel === undefined || (typeof channel === "string" && CHANNEL_NAME.test(channel))) return request;
  throw new NamedError(
    "InvalidRequest",
    `channel is ${JSON.stringify(channel)}; allowed: 1 to 128 letters, digits and any of _ . : / -`,
  );
}

function fail(event: unknown): never {
  throw new NamedError(
    "InvalidRequest",
    `Cannot broadcast ${JSON.stringify(event)?.slice(0, 200)}; allowed: {"message": …, "channel": "…"} (channel optional), ` +
      "or an event of SNS, SQS, EventBridge or a DynamoDB stream",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Makes plain JSON of a change of an item. */
function change({ eventName, dynamodb = {} }: DynamoDBRecord): object {
  const plain = (item: object | undefined): unknown => {
    if (!item) return undefined;
    // Numbers that JavaScript cannot represent stay text, sets become lists, binary becomes base64.
    const wrapNumbers = (text: string): number | string => (String(Number(text)) === text ? Number(text) : text);
    const value = unmarshall(item as Record<string, AttributeValue>, { wrapNumbers });
    return JSON.parse(
      JSON.stringify(value, (_, one: unknown) => {
        if (one instanceof Set) return [...one];
        return one instanceof Uint8Array ? Buffer.from(one).toString("base64") : one;
      }),
    ) as unknown;
  };
  const { Keys, NewImage, OldImage } = dynamodb;
  return { event: eventName, keys: plain(Keys), newItem: plain(NewImage), oldItem: plain(OldImage) };
}
