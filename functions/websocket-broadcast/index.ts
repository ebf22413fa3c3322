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
  LONGEST_MESSAGE_BYTES,
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

/** A client counts as gone while its `$connect` still runs, which takes 29 seconds at most. */
const CONNECTING_SECONDS = 60;

let client: ApiGatewayManagementApiClient | undefined;

/** Where connections are reached comes from the deployment, not from the region's rules for host names. */
function management(): ApiGatewayManagementApiClient {
  client ??= new ApiGatewayManagementApiClient({
    endpoint: environment().MANAGEMENT_ENDPOINT,
    maxAttempts: 6,
    retryMode: "adaptive",
    requestHandler: {
      httpsAgent: { maxSockets: environment().CONCURRENCY },
      connectionTimeout: 3000,
      // One client that takes nothing must not hold up the others.
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
      // DynamoDB removes what has expired within days, not at once.
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
    logger.warn("broadcast in part", { ...result, failed: failed.slice(0, 20), failures: failed.length });
    // Trying again would repeat the message to all who have it: only where nobody has.
    if (counts.sent === 0)
      throw new NamedError("TransientError", `reached none of ${failed.length}: ${failed[0]?.reason}`);
  } else logger.info("broadcast", { ...result });
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
    // Whoever has subscribed is connected.
    if (channel === EVERYBODY && since > now - CONNECTING_SECONDS) return "notReady";
    await forgetConnection(table, connectionId);
    return "pruned";
  }
}

function encoded(message: ServerMessage): Uint8Array {
  const data = Buffer.from(JSON.stringify(message), "utf8");
  if (data.length <= LONGEST_MESSAGE_BYTES) return data;
  throw new NamedError(
    "InvalidRequest",
    `the message has ${data.length} bytes; allowed: at most ${LONGEST_MESSAGE_BYTES}, its envelope included`,
  );
}
