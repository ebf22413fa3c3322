import { GetCommand, PutCommand, TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from "aws-lambda";
import {
  atPath,
  CHANNEL_NAME,
  CHANNEL_PATTERN,
  channelPermitted,
  EVERYBODY,
  MAX_CONNECTION_SECONDS,
  type ConnectionRow,
  type ServerMessage,
} from "../../contracts/realtime";
import { dynamodb } from "../shared/aws";
import { forgetConnection } from "../shared/connections";
import { isNamed } from "../shared/errors";
import { lambdaHandler, logger } from "../shared/observability";
import { patiently } from "../shared/patience";
import { environment } from "./environment";

/** A row outlives the longest connection by this time, because clocks differ. */
const SLACK_SECONDS = 300;

type Event = APIGatewayProxyWebsocketEventV2 & {
  readonly requestContext: {
    readonly authorizer?: { readonly principalId?: unknown; readonly channels?: unknown };
    readonly identity?: { readonly userArn?: string | null };
  };
};

/** Answers the routes that every WebSocket API has: it keeps connections and subscriptions, and refuses unknown routes. */
export const handler = lambdaHandler(environment, async (event: Event): Promise<APIGatewayProxyResultV2> => {
  const { connectionId, eventType, routeKey } = event.requestContext;
  if (eventType === "CONNECT") return connect(event);
  if (eventType === "DISCONNECT") {
    const rows = await forgetConnection(environment().CONNECTION_TABLE, connectionId);
    logger.info("disconnected", { connectionId, rows });
    return { statusCode: 200 };
  }
  const body = json(event.body);
  if (routeKey === "subscribe") return reply(await subscribe(connectionId, atPath(body, "channel")));
  if (routeKey === "unsubscribe") return reply(await unsubscribe(connectionId, atPath(body, "channel")));
  return reply(unknownRoute(body));
});

/** Answers a message. A message that is refused counts as handled too: its sender gets the reason in the answer. */
const reply = (message: ServerMessage): APIGatewayProxyResultV2 => ({ statusCode: 200, body: JSON.stringify(message) });

const problem = (message: string): ServerMessage => ({ type: "error", message });

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "") as unknown;
  } catch {
    return undefined;
  }
}

async function connect({ requestContext }: Event): Promise<APIGatewayProxyResultV2> {
  const { connectionId, authorizer, identity } = requestContext;
  const now = Math.floor(Date.now() / 1000);
  const principal = authorizer?.principalId ?? identity?.userArn;
  const permitted = permittedBy(authorizer?.channels);
  const row: ConnectionRow = {
    connectionId,
    channel: EVERYBODY,
    since: now,
    expiresAt: now + MAX_CONNECTION_SECONDS + SLACK_SECONDS,
    ...(typeof principal === "string" ? { principal } : {}),
    ...(permitted ? { permitted } : {}),
  };
  await dynamodb().send(new PutCommand({ TableName: environment().CONNECTION_TABLE, Item: row }));
  logger.info("connected", { connectionId, principal });
  return { statusCode: 200 };
}

/**
 * Reads the patterns that the authorizer put into its context as `channels`, separated by commas because contexts hold no lists.
 * Text that is not a pattern permits no channel.
 */
function permittedBy(channels: unknown): string[] | undefined {
  if (channels === undefined || channels === null) return undefined;
  return String(channels)
    .split(",")
    .map((one) => one.trim())
    .filter((one) => CHANNEL_PATTERN.test(one));
}

async function subscribe(connectionId: string, channel: unknown): Promise<ServerMessage> {
  if (!isChannel(channel)) return notAChannel(channel);
  const refused = problem(`channel "${channel}" is not open to this connection`);
  if (!channelPermitted(channel, environment().CHANNELS.split(","))) return refused;
  const row = await connectionRow(connectionId);
  if (!row) return problem("the connection is not known: connect again");
  if (row.permitted && !channelPermitted(channel, row.permitted)) return refused;
  const most = environment().SUBSCRIPTIONS;
  const TableName = environment().CONNECTION_TABLE;
  const { since, expiresAt, principal } = row;
  const subscription: ConnectionRow = { connectionId, channel, since, expiresAt, ...(principal ? { principal } : {}) };
  try {
    await transact([
      {
        // Only while the connection exists: a row written after its end would stay for a client that never comes back.
        Update: {
          TableName,
          Key: { connectionId, channel: EVERYBODY },
          UpdateExpression: "ADD channels :one",
          ConditionExpression:
            "attribute_exists(connectionId) AND (attribute_not_exists(channels) OR contains(channels, :channel) OR size(channels) < :most)",
          ExpressionAttributeValues: { ":one": new Set([channel]), ":channel": channel, ":most": most },
        },
      },
      { Put: { TableName, Item: subscription } },
    ]);
  } catch (error) {
    if (!connectionRefuses(error)) throw error;
    return problem(`a connection subscribes to at most ${most} channels`);
  }
  return { type: "subscribed", channel };
}

/** Reads a connection's row, consistently: a client may subscribe as soon as it is connected. */
async function connectionRow(connectionId: string): Promise<ConnectionRow | undefined> {
  const { Item } = await dynamodb().send(
    new GetCommand({
      TableName: environment().CONNECTION_TABLE,
      Key: { connectionId, channel: EVERYBODY },
      ConsistentRead: true,
    }),
  );
  return Item as ConnectionRow | undefined;
}

async function unsubscribe(connectionId: string, channel: unknown): Promise<ServerMessage> {
  if (!isChannel(channel)) return notAChannel(channel);
  const TableName = environment().CONNECTION_TABLE;
  try {
    await transact([
      {
        Update: {
          TableName,
          Key: { connectionId, channel: EVERYBODY },
          UpdateExpression: "DELETE channels :one",
          ConditionExpression: "attribute_exists(connectionId)",
          ExpressionAttributeValues: { ":one": new Set([channel]) },
        },
      },
      { Delete: { TableName, Key: { connectionId, channel } } },
    ]);
  } catch (error) {
    // The connection has ended, and its subscriptions with it.
    if (!connectionRefuses(error)) throw error;
  }
  return { type: "unsubscribed", channel };
}

/** A client may send several messages at once, whose transactions meet on its connection's row. */
const transact = (TransactItems: TransactWriteCommandInput["TransactItems"]): Promise<unknown> =>
  patiently(() => dynamodb().send(new TransactWriteCommand({ TransactItems })));

/** Tells whether the condition on the connection's own row, the first of the transaction, failed. */
function connectionRefuses(error: unknown): boolean {
  const [first] = (error as { CancellationReasons?: readonly { readonly Code?: string }[] }).CancellationReasons ?? [];
  return isNamed(error, "TransactionCanceledException") && first?.Code === "ConditionalCheckFailed";
}

const isChannel = (channel: unknown): channel is string => typeof channel === "string" && CHANNEL_NAME.test(channel);

const notAChannel = (channel: unknown): ServerMessage =>
  problem(
    `channel is ${JSON.stringify(channel) ?? "not set"}; allowed: 1 to 128 letters, digits and any of _ . : / -, as text`,
  );

function unknownRoute(body: unknown): ServerMessage {
  const path = environment().ROUTE_SELECTION_PATH;
  if (body === undefined)
    return problem(`the message is not JSON; allowed: an object that names its route in "${path}"`);
  return problem(`${path} is ${JSON.stringify(atPath(body, path)) ?? "not set"}, which is no route of this API`);
}
