import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { paginateQuery } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBBatchResponse, SQSBatchResponse } from "aws-lambda";
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
import { mapBounded } from "../shared/concurrency";
import { forgetConnection } from "../shared/connections";
import { classified, httpStatus, messageOf, NamedError } from "../shared/errors";
import { lambdaHandler, logger } from "../shared/observability";
import { environment } from "./environment";
import { requestsOf, type BroadcastEvent, type SourcedRequest } from "./requests";

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

type Answer = BroadcastResult | readonly BroadcastResult[] | DynamoDBBatchResponse | SQSBatchResponse;

/**
 * Sends messages to all connections, or to those that subscribed to a channel. Asked directly it answers with what became of
 * it. A source that can be told of single records is told of those that reached nobody although somebody listens.
 */
export const handler = lambdaHandler(environment, async (event: BroadcastEvent, { CHANNEL }): Promise<Answer> => {
  const requests = requestsOf(event, CHANNEL);
  const batch = requests.some(({ item }) => item !== undefined);
  if (batch) return inOrder(requests);
  const results: BroadcastResult[] = [];
  for (const { request } of requests) results.push(await broadcast(request));
  const [only] = results;
  return results.length === 1 && only ? only : results;
});

/** Of a stream, what follows a failure comes again too: the order stays. Of a queue it does no harm. */
async function inOrder(requests: readonly SourcedRequest[]): Promise<DynamoDBBatchResponse> {
  for (const [index, { request }] of requests.entries()) {
    try {
      await broadcast(request);
    } catch (error) {
      logger.error("not broadcast", classified(error) as Error);
      const rest = requests.slice(index).flatMap(({ item }) => (item === undefined ? [] : [item]));
      return { batchItemFailures: rest.map((itemIdentifier) => ({ itemIdentifier })) };
    }
  }
  return { batchItemFailures: [] };
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
    await mapBounded(Items as ConnectionRow[], environment().CONCURRENCY, async (row) => {
      try {
        counts[await deliver(row, data, at, TableName)]++;
      } catch (error) {
        failed.push({ connectionId: row.connectionId, reason: messageOf(error) });
      }
    });
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
