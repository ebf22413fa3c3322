import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { ChangeRow } from "../../contracts/change-log";
import { firehose } from "../shared/aws";
import { lambdaHandler, logger } from "../shared/observability";
import { environment } from "./environment";

/** The limits of PutRecordBatch (https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html). */
const MAX_RECORDS = 500;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_ROW_BYTES = 1000 * 1024;
const ATTEMPTS = 4;

interface Row {
  readonly sequence: string;
  readonly data: Buffer;
}

/**
 * Sends a batch of changes to Firehose, in order. The first change that Firehose does not take in several attempts is reported,
 * and the stream sends it again together with all that follows it.
 */
export const handler = lambdaHandler(
  environment,
  async (event: DynamoDBStreamEvent, { DELIVERY_STREAM }): Promise<DynamoDBBatchResponse> => {
    const rows: Row[] = [];
    for (const record of event.Records) {
      const sequence = record.dynamodb?.SequenceNumber ?? "";
      const data = encoded(rowOf(record));
      // A row is too long without its items only when its key is. The stream retries it and then sends it to its queue.
      if (data.length > MAX_ROW_BYTES) return failedFrom(sequence, `a row of ${data.length} bytes is too long`);
      rows.push({ sequence, data });
    }
    for (const batch of batches(rows)) {
      const failed = await put(DELIVERY_STREAM, batch);
      if (failed) return failedFrom(failed.sequence, failed.reason);
    }
    logger.info("changes sent", { changes: rows.length });
    return { batchItemFailures: [] };
  },
);

function failedFrom(sequence: string, reason: string): DynamoDBBatchResponse {
  logger.warn("changes not sent", { from: sequence, reason });
  return { batchItemFailures: [{ itemIdentifier: sequence }] };
}

/** Sends rows. Returns the first row that Firehose did not take, if there is any. */
async function put(stream: string, rows: readonly Row[]): Promise<{ sequence: string; reason: string } | undefined> {
  let open = rows;
  let reason = "";
  for (let attempt = 0; attempt < ATTEMPTS && open.length > 0; attempt++) {
    if (attempt > 0) await new Promise((wake) => setTimeout(wake, 100 * 4 ** attempt * (0.5 + Math.random() / 2)));
    const { RequestResponses = [] } = await firehose().send(
      new PutRecordBatchCommand({ DeliveryStreamName: stream, Records: open.map(({ data }) => ({ Data: data })) }),
    );
    reason = RequestResponses.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorMessage ?? reason;
    open = open.filter((_, index) => RequestResponses[index]?.ErrorCode !== undefined);
  }
  const [first] = open;
  return first && { sequence: first.sequence, reason };
}

function* batches(rows: readonly Row[]): Generator<readonly Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (batch.length === MAX_RECORDS || bytes + row.data.length > MAX_BYTES) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(row);
    bytes += row.data.length;
  }
  if (batch.length > 0) yield batch;
}

/** Makes one line of JSON, and leaves out the items that make it too long. */
function encoded(row: ChangeRow): Buffer {
  const line = (one: ChangeRow): Buffer => Buffer.from(`${JSON.stringify(one)}\n`, "utf8");
  const whole = line(row);
  if (whole.length <= MAX_ROW_BYTES) return whole;
  const { old_item: _old, ...withoutOld } = row;
  const shorter = line({ ...withoutOld, truncated: true });
  if (shorter.length <= MAX_ROW_BYTES) return shorter;
  const { new_item: _new, ...keys } = withoutOld;
  return line({ ...keys, truncated: true });
}

export function rowOf(record: DynamoDBRecord): ChangeRow {
  const { dynamodb = {}, eventID = "", eventName = "MODIFY", eventSourceARN = "", userIdentity } = record;
  const { Keys, NewImage, OldImage, ApproximateCreationDateTime = 0, SequenceNumber = "" } = dynamodb;
  return {
    event_id: eventID,
    event_name: eventName,
    changed_at: new Date(ApproximateCreationDateTime * 1000).toISOString().slice(0, 19).replace("T", " "),
    sequence_number: SequenceNumber,
    source_table: /:table\/([^/]+)/.exec(eventSourceARN)?.[1] ?? "",
    item_key: json(Keys) ?? "{}",
    ...(NewImage ? { new_item: json(NewImage) } : {}),
    ...(OldImage ? { old_item: json(OldImage) } : {}),
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
    expired: userIdentity?.type === "Service" && userIdentity.principalId === "dynamodb.amazonaws.com",
    truncated: false,
  };
}

/** Makes plain JSON: sets become lists, binary becomes base64, and a number that JavaScript cannot represent stays text. */
function json(item: object | undefined): string | undefined {
  if (!item) return undefined;
  const plain = unmarshall(item as Record<string, AttributeValue>, {
    wrapNumbers: (text: string) => (exact(text) ? Number(text) : text),
  });
  return JSON.stringify(plain, (_, value: unknown) => {
    if (value instanceof Set) return [...value];
    if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
    return value;
  });
}

/** Tells whether JavaScript represents a number exactly; it may not represent 17 digits. */
const exact = (text: string): boolean => text.replace(/^-?0*\.?0*|[eE].*$|\./g, "").length <= 15;
