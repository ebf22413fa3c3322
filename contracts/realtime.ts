/** The messages between clients of a WebSocket API, its functions and senders of broadcasts, and the connections' rows. */

/** A row of the connection table: a connection itself (channel `EVERYBODY`), or a channel that it subscribes to. */
export interface ConnectionRow {
  readonly connectionId: string;
  readonly channel: string;
  /** Seconds since 1970. */
  readonly since: number;
  /** Seconds since 1970: API Gateway ends every connection after two hours. */
  readonly expiresAt: number;
  /** The caller who connected, as the authorizer names it. */
  readonly principal?: string;
  /** The channels that the connection subscribes to, in its own row only. */
  readonly channels?: ReadonlySet<string>;
  /** The patterns of channels that the authorizer permits, in the connection's own row only. */
  readonly permitted?: readonly string[];
}

/** The channel of every connection, which gets what is broadcast without a channel. No client can subscribe to it by name. */
export const EVERYBODY = "$all";
/** The index that finds the connections of a channel. */
export const BY_CHANNEL = "by-channel";
/** API Gateway's limit (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html). */
export const MAX_CONNECTION_SECONDS = 2 * 60 * 60;
/** The longest message that API Gateway sends, in bytes. */
export const MAX_MESSAGE_BYTES = 128 * 1024;
/** A channel's name: words, `.`, `:`, `/`, `-`, at most 128 characters. */
export const CHANNEL_NAME = /^[\w.:/-]{1,128}$/;
/** A pattern of channels: a name, or a beginning of a name that ends in `*`. */
export const CHANNEL_PATTERN = /^([\w.:/-]{1,128}|[\w.:/-]{0,127}\*)$/;
/** The routes that the component answers itself. */
export const OWN_ROUTES = ["$connect", "$disconnect", "subscribe", "unsubscribe"] as const;

/** Asks for a broadcast. */
export interface BroadcastRequest {
  /** The channel whose subscribers get the message. Without it, every connection does. */
  readonly channel?: string;
  /** Any JSON. */
  readonly message: unknown;
}

/** The result of a broadcast. */
export interface BroadcastResult {
  readonly channel: string;
  readonly sent: number;
  /** The number of connections that had ended and are now forgotten. */
  readonly pruned: number;
  /** The number of connections that are still being made: they get later messages. */
  readonly notReady: number;
  readonly failed: readonly { readonly connectionId: string; readonly reason: string }[];
}

/** What a client receives. */
export type ServerMessage =
  | { readonly type: "message"; readonly channel?: string; readonly message: unknown }
  | { readonly type: "subscribed" | "unsubscribed"; readonly channel: string }
  | { readonly type: "error"; readonly message: string };

/** Tells whether one of the patterns permits a channel. */
export const channelPermitted = (channel: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => (pattern.endsWith("*") ? channel.startsWith(pattern.slice(0, -1)) : channel === pattern));

/** Reads the value of a dotted path in a message's JSON body; undefined where there is none. */
export function atPath(body: unknown, path: string): unknown {
  let value = body;
  for (const part of path.split(".")) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
