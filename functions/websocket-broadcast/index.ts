import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { processPartialResponse, SqsFifoPartialProcessorAsync } from "@aws-lambda-powertools/batch";
import type { PartialItemFailureResponse } from "@aws-lambda-powertools/batch/types";
import { paginateQuery } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import {
  BY_CHANNEL,
  EVERYBODY,
  MAX_MESSAGE_BYTES,
  type BroadcastRequest,
  type BroadcastResult,
  type ConnectionRow,
  type ServerMessage,
} from "../../contracts/realtime";
import { dynamodb } from "../shared/aws";
import { forgetConnection } from "../shared/connections";
import { classified, httpStatus, messageOf, NamedError } from "../shared/errors";
import { lambdaHandler, logger } from "../shared/observability";
import { environment } from "./environment";
import { recordsOf, requestOf, requestOfRecord, type BroadcastEvent, type BroadcastRecord } from "./requests";

/** API Gateway answers that a client is gone while its `$connect` still runs, which takes 29 seconds at most. */
const CONNECTING_SECONDS = 60;

let client: ApiGatewayManagementApiClient | undefined;

/** Makes the client for the endpoint that the deployment names. */
function management(): ApiGatewayManagementApiClient {
  client ??= new ApiGatewayManagementApiClient({
    endpoint: environment().MANAGEMENT_ENDPOINT,
    maxAttempts: 6,
    retryMode: "adaptive",
    requestHandler: {
      httpsAgent: { maxSockets: environment().CONCURRENCY },
      connectionTimeout: 3000,
      // A client that accepts no data must not delay the others.
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
  });
  return client;
}

type Answer = BroadcastResult | readonly BroadcastResult[] | PartialItemFailureResponse;

/** Takes records in order and stops at the first failure: what follows a failed record of a stream comes again too. */
class InOrder extends SqsFifoPartialProcessorAsync {
  constructor(override eventType: "SQS" | "DynamoDBStreams") {
    super();
    this.eventType = eventType;
  }
}

/**
 * Sends messages to all connections, or to those that subscribed to a channel. A direct call is answered with what became of
 * its message. A queue or a stream is told which of its records failed, and which follow those.
 */
export const handler = lambdaHandler(environment, async (event: BroadcastEvent, { CHANNEL }): Promise<Answer> => {
  const records = recordsOf(event);
  if (records === undefined) return broadcast(requestOf(event, CHANNEL));
  const [first] = records;
  if (first !== undefined && !("Sns" in first)) {
    const processor = new InOrder("dynamodb" in first ? "DynamoDBStreams" : "SQS");
    const send = (record: BroadcastRecord): Promise<BroadcastResult> => sendRecord(record, CHANNEL);
    const batch = event as Parameters<typeof processPartialResponse>[0];
    return processPartialResponse(batch, send, processor, { throwOnFullBatchFailure: false });
  }
  const results: BroadcastResult[] = [];
  for (const record of records) results.push(await broadcast(requestOfRecord(record, CHANNEL)));
  const [only] = results;
  return results.length === 1 && only ? only : results;
});

async function sendRecord(record: BroadcastRecord, channel: string | undefined): Promise<BroadcastResult> {
  try {
    return await broadcast(requestOfRecord(record, channel));
  } catch (error) {
    logger.error("record not broadcast", classified(error) as Error);
    throw error;
  }
}

async function broadcast({ channel, message }: BroadcastRequest): Promise<BroadcastResult> {
  const data = encoded({ type: "message", ...(channel ? { channel } : {}), message });
  const at = Math.floor(Date.now() / 1000);
  const TableName = environment().CONNECTION_TABLE;
  const counts = { sent: 0, pruned: 0, notReady: 0 };
  const failed: BroadcastResult["failed"][number][] = [];
  const pages = paginateQuery(
    { client: dynamodb(), pageSize: 1000 },
    {
      TableName,
      IndexName: BY_CHANNEL,
      KeyConditionExpression: "channel = :channel",
      // DynamoDB removes expired rows within days, not at once.
      FilterExpression: "expiresAt > :now",
      ExpressionAttributeValues: { ":channel": channel ?? EVERYBODY, ":now": at },
    },
  );
  for await (const { Items = [] } of pages) {
    await pMap(
      Items as ConnectionRow[],
      async (row) => {
        try {
          counts[await deliver(row, data, at, TableName)]++;
        } catch (error) {
          failed.push({ connectionId: row.connectionId, reason: messageOf(error) });
        }
      },
      { concurrency: environment().CONCURRENCY },
    );
  }
  const result: BroadcastResult = { channel: channel ?? EVERYBODY, ...counts, failed };
  if (failed.length > 0) {
    logger.warn("message broadcast to some clients", {
      ...result,
      failed: failed.slice(0, 20),
      failures: failed.length,
    });
    // A repetition would send the message again to the clients that have it: it is asked for only when no client has it.
    if (counts.sent === 0)
      throw new NamedError(
        "TransientError",
        `The message reached none of ${failed.length} clients: ${failed[0]?.reason}`,
      );
  } else logger.info("message broadcast", { ...result });
  return result;
}

async function deliver(
  { connectionId, channel, since }: ConnectionRow,
  Data: Uint8Array,
  now: number,
  table: string,
): Promise<"sent" | "pruned" | "notReady"> {
  try {
    await management().send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
    return "sent";
  } catch (error) {
    if (!(error instanceof GoneException) && httpStatus(error) !== 410) throw error;
    // A client that has subscribed is connected.
    if (channel === EVERYBODY && since > now - CONNECTING_SECONDS) return "notReady";
    await forgetConnection(table, connectionId);
    return "pruned";
  }
}

function encoded(message: ServerMessage): Uint8Array {
  const data = Buffer.from(JSON.stringify(message), "utf8");
  if (data.length <= MAX_MESSAGE_BYTES) return data;
  throw new NamedError(
    "InvalidRequest",
    `The message has ${data.length} bytes; allowed: at most ${MAX_MESSAGE_BYTES}, its envelope included.`,
  );
}
