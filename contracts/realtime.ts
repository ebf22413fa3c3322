/** What clients of a WebSocket API, its functions and whoever broadcasts say to one another, and how connections are kept. */

/** A row of the connection table: a connection itself (channel `EVERYBODY`), or one channel it listens to. */
export interface ConnectionRow {
  readonly connectionId: string;
  readonly channel: string;
  /** Epoch seconds. */
  readonly since: number;
  /** Epoch seconds: API Gateway ends every connection after two hours. */
  readonly expiresAt: number;
  /** Who connected, as the authorizer said. */
  readonly principal?: string;
  /** The connection's own row: channels it listens to. */
  readonly channels?: ReadonlySet<string>;
  /** The connection's own row: patterns of channels the authorizer lets it listen to. */
  readonly permitted?: readonly string[];
}

/** The channel of every connection: what is broadcast without a channel goes to it. Nobody can subscribe to it by name. */
export const EVERYBODY = "$all";
/** The index that finds the connections of a channel. */
export const BY_CHANNEL = "by-channel";
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const LONGEST_CONNECTION_SECONDS = 2 * 60 * 60;
/** Bytes of one message that API Gateway sends. */
export const LONGEST_MESSAGE_BYTES = 128 * 1024;
/** A channel's name: words, `.`, `:`, `/`, `-`, at most 128 characters. */
export const CHANNEL_NAME = /^[\w.:/-]{1,128}$/;
/** The same, or a beginning of it that ends in `*`. */
export const CHANNEL_PATTERN = /^([\w.:/-]{1,128}|[\w.:/-]{0,127}\*)$/;
/** Routes the component answers itself. */
export const OWN_ROUTES = ["$connect", "$disconnect", "subscribe", "unsubscribe"] as const;

/** Asks for a broadcast. */
export interface BroadcastRequest {
  /** Only connections that subscribed to it. Default: every connection. */
  readonly channel?: string;
  /** Any JSON. */
  readonly message: unknown;
}

/** What became of one broadcast. */
export interface BroadcastResult {
  readonly channel: string;
  readonly sent: number;
  /** Connections that were gone, and are forgotten now. */
  readonly pruned: number;
  /** Connections that are only being made: they get what comes after. */
  readonly notReady: number;
  readonly failed: readonly { readonly connectionId: string; readonly reason: string }[];
}

/** What a client receives. */
export type ServerMessage =
  | { readonly type: "message"; readonly channel?: string; readonly message: unknown }
  | { readonly type: "subscribed" | "unsubscribed"; readonly channel: string }
  | { readonly type: "error"; readonly message: string };

/** Does one of the patterns let a channel through? */
export const channelPermitted = (channel: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => (pattern.endsWith("*") ? channel.startsWith(pattern.slice(0, -1)) : channel === pattern));

/** The value of a dotted path in a message's JSON body; undefined where there is none. */
export function atPath(body: unknown, path: string): unknown {
  let value = body;
  for (const part of path.split(".")) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
