import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord, EventBridgeEvent, SNSEventRecord, SQSRecord } from "aws-lambda";
import { CHANNEL_NAME, type BroadcastRequest } from "../../contracts/realtime";
import { NamedError } from "../shared/errors";

/** A request, and under which name its source wants to hear of a failure. */
export interface SourcedRequest {
  readonly request: BroadcastRequest;
  /** Sequence number or message id; absent where the source cannot be told of one record. */
  readonly item?: string;
}

/** What may invoke the function: a request itself, or any of the sources. */
export type BroadcastEvent =
  | BroadcastRequest
  | EventBridgeEvent<string, unknown>
  | { readonly Records: readonly (SNSEventRecord | SQSRecord | DynamoDBRecord)[] };

/** The requests an event holds, in order. */
export function requestsOf(event: BroadcastEvent, channel: string | undefined): readonly SourcedRequest[] {
  const toChannel = (message: unknown): BroadcastRequest => ({ ...(channel ? { channel } : {}), message });
  if (event === null || typeof event !== "object") return fail(event);
  if ("Records" in event && Array.isArray(event.Records)) {
    return event.Records.map((record: SNSEventRecord | SQSRecord | DynamoDBRecord): SourcedRequest => {
      if ("Sns" in record) {
        const { Message, MessageAttributes = {}, Subject, Timestamp } = record.Sns;
        const own = MessageAttributes.channel?.Value;
        const message = { ...(Subject ? { subject: Subject } : {}), at: Timestamp, body: parsed(Message) };
        return { request: checked(own === undefined ? toChannel(message) : { channel: own, message }) };
      }
      if ("dynamodb" in record) {
        return { request: toChannel(change(record)), item: record.dynamodb?.SequenceNumber ?? "" };
      }
      const { body, messageId } = record as SQSRecord;
      const said = parsed(body);
      return { request: isRequest(said) ? checked(said) : toChannel(said), item: messageId };
    });
  }
  if ("detail-type" in event) {
    const { source, time, detail } = event;
    return [{ request: toChannel({ event: event["detail-type"], source, at: time, detail }) }];
  }
  return isRequest(event) ? [{ request: checked({ ...toChannel(event.message), ...event }) }] : fail(event);
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
    `cannot broadcast ${JSON.stringify(event)?.slice(0, 200)}; allowed: {"message": …, "channel": "…"} (channel optional), ` +
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

/** One change of an item as plain JSON. */
function change({ eventName, dynamodb = {} }: DynamoDBRecord): object {
  const plain = (item: object | undefined): unknown => {
    if (!item) return undefined;
    // Numbers JavaScript cannot hold stay text, sets become lists, binary becomes base64.
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
