import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { CHANNEL_PATTERN, OWN_ROUTES } from "../../../contracts/realtime";
import type { EncryptionKey } from "../../core/encryption-key";
import type { LogRetentionDays } from "../../core/log-retention";
import type { NotificationTopic } from "../../core/notification-topic";
import type { PlatformFunction } from "../../core/platform-function";
import type { Protection } from "../../core/protection";
import type { ArgumentCheck } from "../../core/validate";

/** A function of the platform, or the ARN of any other function. */
export type RouteFunction = PlatformFunction | pulumi.Input<string>;

/** Messages a second over all clients; what comes faster is refused with an error. */
export interface Throttling {
  readonly messagesPerSecond: number;
  /** Messages at once. */
  readonly burst: number;
}

export interface WebSocketRoute {
  readonly function: RouteFunction;
  /** The function's answer goes back to the sender. Default: only broadcasts reach clients. */
  readonly twoWay?: boolean;
  /** JSON schema (draft 4) of the route's messages: others are refused before the function is called. */
  readonly messageSchema?: object;
  /** Milliseconds the function may take, 50 to 29000. Default 29000. */
  readonly timeoutMilliseconds?: number;
  /** Default: the API's. Only for routes given with the API. */
  readonly throttling?: Throttling;
  /** There is none: who may send is decided once, when a client connects. */
  readonly authorizer?: never;
}

/**
 * Who may connect. `iam`: requests signed by a role that has `grantConnect`. `lambda`: whom a function lets in, which sees the
 * headers and query parameters of the request; its context's `channels` (comma-separated, `*` at the end of one) narrows what the client may listen
 * to. `none`: everybody.
 */
export type WebSocketAuthorizer =
  | { readonly kind: "iam" }
  | { readonly kind: "none" }
  | {
      readonly kind: "lambda";
      readonly function: RouteFunction;
      /** Headers without which nobody is asked. */
      readonly headers?: readonly string[];
      /** The same of the query: browsers cannot send headers of their own with a WebSocket. */
      readonly queryParameters?: readonly string[];
    };

export interface WebSocketDomain {
  /** E.g. `live.example.org`. Point it at `domainTarget` in DNS. */
  readonly name: string;
  /** Of ACM, in the API's region. */
  readonly certificateArn: pulumi.Input<string>;
  /** The path under which the API is found. Default: the domain itself. */
  readonly path?: string;
}

export interface WebSocketApiArgs {
  /** CloudWatch Logs must be among its users. */
  readonly key: EncryptionKey;
  readonly description?: string;
  /** Where a message's JSON names its route: `action`, or a path such as `header.action`. */
  readonly routeSelectionPath?: string;
  /** By what the message says; `$default` takes what fits no other. Default of `$default`: an answer that names the routes. */
  readonly routes?: Readonly<Record<string, WebSocketRoute>>;
  readonly authorizer?: WebSocketAuthorizer;
  /** Channels that can be subscribed to; a `*` at the end stands for any rest. */
  readonly channels?: readonly string[];
  /** Channels one connection may listen to, 1 to 1000. */
  readonly subscriptionsPerConnection?: number;
  /** Last part of the API's address. */
  readonly stageName?: string;
  readonly throttling?: Throttling;
  /** What API Gateway logs of its own work, never the messages themselves. Every request is in the access log anyway. */
  readonly executionLogs?: "errors" | "everything";
  /**
   * API Gateway logs through one role of an account and region: `create` makes and registers it, `existing` takes the one that is
   * there. A second API of a region takes the first one's.
   */
  readonly accountLogging?: "create" | "existing";
  /** Connections a broadcast writes to at a time, 1 to 500. */
  readonly broadcastConcurrency?: number;
  readonly domain?: WebSocketDomain;
  /** Days to any second of which the connection table can be restored, 1 to 35. */
  readonly recoveryDays?: number;
  /** Hears of failures. */
  readonly alerts?: NotificationTopic;
  readonly protection?: Protection;
  readonly architecture?: "x86_64" | "arm64";
  readonly logRetentionDays?: LogRetentionDays;
  readonly transform?: {
    readonly api?: (args: aws.apigatewayv2.ApiArgs) => aws.apigatewayv2.ApiArgs;
    readonly stage?: (args: aws.apigatewayv2.StageArgs) => aws.apigatewayv2.StageArgs;
    readonly table?: (args: aws.dynamodb.TableArgs) => aws.dynamodb.TableArgs;
  };
}

const PATH = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/;
const ROUTE = /^(\$default|[\w.:/-]{1,128})$/;

/** @throws what API Gateway, or the component, would refuse. */
export function checkWebSocketApi(args: WebSocketApiArgs, check: ArgumentCheck): void {
  check.require(
    args.key.admits("cloudwatch-logs"),
    "key",
    "a key that CloudWatch Logs cannot use",
    'an EncryptionKey with "cloudwatch-logs" among its users',
  );
  check.matches(
    "routeSelectionPath",
    args.routeSelectionPath,
    PATH,
    'a path in the message such as "action" or "header.action", without "$request.body."',
  );
  for (const [key, route] of Object.entries(args.routes ?? {})) checkRoute(key, route, check);
  checkAuthorizer(args.authorizer, check);
  check.require(args.channels?.length !== 0, "channels", args.channels, 'at least one, e.g. "*"');
  for (const channel of args.channels ?? [])
    check.matches(
      "channels",
      channel,
      CHANNEL_PATTERN,
      "letters, digits and _ . : / -, with a * at the end or without",
    );
  check.integer("subscriptionsPerConnection", args.subscriptionsPerConnection, 1, 1000);
  check.matches("stageName", args.stageName, /^[\w-]{1,128}$/, "1 to 128 letters, digits, _ and -");
  if (args.throttling) checkThrottling("throttling", args.throttling, check);
  check.oneOf("executionLogs", args.executionLogs, ["errors", "everything"]);
  check.oneOf("accountLogging", args.accountLogging, ["create", "existing"]);
  check.integer("broadcastConcurrency", args.broadcastConcurrency, 1, 500);
  check.integer("recoveryDays", args.recoveryDays, 1, 35);
  check.matches("description", args.description, /^.{0,1024}$/s, "at most 1024 characters");
  check.matches(
    "domain.name",
    args.domain?.name,
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    "a domain name in lower case, e.g. live.example.org",
  );
  check.matches("domain.path", args.domain?.path, /^[\w.~-]+(\/[\w.~-]+)*$/, "parts of a path, without / at its ends");
}

export function checkRoute(key: string, route: WebSocketRoute, check: ArgumentCheck): void {
  const argument = (what: string): string => `routes.${key}.${what}`;
  const others = OWN_ROUTES.join(", ");
  check.require(
    !(OWN_ROUTES as readonly string[]).includes(key),
    "routes",
    key,
    `any other: ${others} are answered by the component itself`,
  );
  check.matches("routes", key, ROUTE, "$default, or 1 to 128 letters, digits and any of _ . : / -");
  check.require(
    (route as { authorizer?: unknown }).authorizer === undefined,
    argument("authorizer"),
    (route as { authorizer?: { kind?: unknown } }).authorizer?.kind,
    "unset: API Gateway authorizes $connect only, so give the API an authorizer",
  );
  check.integer(argument("timeoutMilliseconds"), route.timeoutMilliseconds, 50, 29_000);
  check.require(
    route.messageSchema === undefined ||
      (typeof route.messageSchema === "object" && !Array.isArray(route.messageSchema)),
    argument("messageSchema"),
    route.messageSchema,
    "a JSON schema, as an object",
  );
  if (route.throttling) checkThrottling(argument("throttling"), route.throttling, check);
}

function checkThrottling(argument: string, { messagesPerSecond, burst }: Throttling, check: ArgumentCheck): void {
  // The account's own default is 10,000 a second; more is granted on request.
  check.integer(`${argument}.messagesPerSecond`, messagesPerSecond, 1, 1_000_000);
  check.integer(`${argument}.burst`, burst, 1, 1_000_000);
}

function checkAuthorizer(authorizer: WebSocketAuthorizer | undefined, check: ArgumentCheck): void {
  if (!authorizer) return;
  check.oneOf("authorizer.kind", authorizer.kind, ["iam", "lambda", "none"]);
  if (authorizer.kind !== "lambda") return;
  const { headers = [], queryParameters = [] } = authorizer;
  check.require(
    headers.length + queryParameters.length > 0,
    "authorizer.headers",
    headers,
    "at least one header, or one of authorizer.queryParameters, that tells who wants to connect",
  );
  for (const [argument, names] of Object.entries({ headers, queryParameters })) {
    for (const one of names)
      check.matches(`authorizer.${argument}`, one, /^[\w-]+$/, "a name of letters, digits, _ and -");
  }
}
