import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { CHANNEL_PATTERN, OWN_ROUTES } from "../../../contracts/realtime";
import type { EncryptionKey } from "../../core/encryption-key";
import { logRetentionDays } from "../../core/log-retention";
import type { NotificationTopic } from "../../core/notification-topic";
import { platformFunctionSettings, type PlatformFunction } from "../../core/platform-function";
import type { Protection } from "../../core/protection";
import { recoveryDays } from "../../core/recovery-days";
import { reference, type Resolved, type Settings } from "../../core/settings";

/** API Gateway waits no longer for a function. */
export const LONGEST_ANSWER_MILLISECONDS = 29_000;

/** A function of the platform, or the ARN of any other function. */
export type RouteFunction = PlatformFunction | pulumi.Input<string>;

const routeFunction = reference<RouteFunction>("PlatformFunction, or the ARN of a function");

// The account's own default is 10,000 a second; more is granted on request.
const throttling = z.strictObject({
  messagesPerSecond: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .describe("Messages of all clients that are accepted in a second. API Gateway refuses further ones with an error."),
  burst: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("Messages that are accepted at the same moment. As many as messagesPerSecond when unset."),
});

const route = z.strictObject({
  function: routeFunction.describe("Handles the messages of the route."),
  twoWay: z
    .boolean()
    .default(false)
    .describe("Sends the function's answer back to the sender. Otherwise clients receive broadcasts only."),
  messageSchema: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      "JSON schema (draft 4) of the route's messages. API Gateway refuses others before it calls the function.",
    ),
  timeoutMilliseconds: z
    .int()
    .min(50)
    .max(LONGEST_ANSWER_MILLISECONDS)
    .default(LONGEST_ANSWER_MILLISECONDS)
    .describe("Milliseconds that the function may take."),
  throttling: throttling
    .optional()
    .describe("Limits of this route in place of the API's. A route that is added later has the API's limits."),
  authorizer: z
    .custom<never>(
      (value) => value === undefined,
      "unset: API Gateway authorizes $connect only, so give the API an authorizer",
    )
    .optional()
    .describe("Must be unset: API Gateway authorizes a client once, when it connects."),
});

const routeKey = z
  .string()
  .regex(/^(\$default|[\w.:/-]{1,128}|\$(dis)?connect)$/, "$default, or 1 to 128 letters, digits and any of _ . : / -")
  .refine(
    (key) => !(OWN_ROUTES as readonly string[]).includes(key),
    `any other: ${OWN_ROUTES.join(", ")} are answered by the component itself`,
  );

const fieldName = z.string().regex(/^[\w-]+$/, "a name of letters, digits, _ and -");

const authorizer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("iam") }),
  z
    .strictObject({
      kind: z.literal("lambda"),
      function: routeFunction.describe("Receives the headers and query parameters of the request to connect."),
      headers: z.array(fieldName).default([]).describe("Headers without which API Gateway refuses a client at once."),
      queryParameters: z
        .array(fieldName)
        .default([])
        .describe("Query parameters with the same effect: browsers cannot send own headers with a WebSocket."),
    })
    .refine(({ headers, queryParameters }) => headers.length + queryParameters.length > 0, {
      path: ["headers"],
      error: "at least one header, or one of authorizer.queryParameters, that identifies the client",
    }),
  z.strictObject({ kind: z.literal("none") }),
]);

const domain = z.strictObject({
  name: z
    .string()
    .regex(
      /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      "a domain name in lower case, e.g. live.example.org",
    )
    .describe("Such as `live.example.org`. Its DNS record must point at `domainTarget`."),
  certificateArn: reference<pulumi.Input<string>>("ARN of a certificate").describe("Of ACM, in the API's region."),
  path: z
    .string()
    .regex(/^[\w.~-]+(\/[\w.~-]+)*$/, "parts of a path, without / at its ends")
    .optional()
    .describe("The path of the API below the domain. The API has the whole domain when unset."),
});

export const webSocketApiSettings = z.strictObject({
  description: z.string().max(1024).optional().describe("Shown in the console of API Gateway."),
  routeSelectionPath: z
    .string()
    .regex(
      /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/,
      'a path in the message such as "action" or "header.action", without "$request.body."',
    )
    .default("action")
    .describe("Where the JSON of a message names its route: `action`, or a path such as `header.action`."),
  routes: z
    .record(routeKey, route)
    .default({})
    .describe(
      "Functions by route. `$default` receives the messages that no other route takes; without it their senders get the names of the routes.",
    ),
  authorizer: authorizer
    .default({ kind: "iam" })
    .describe(
      "Decides who may connect. `iam`: requests signed by a role that has `grantConnect`. `lambda`: clients that a function accepts; `channels` in its context (separated by commas, `*` at the end of a name) limits what a client may subscribe to. `none`: every client.",
    ),
  channels: z
    .array(z.string().regex(CHANNEL_PATTERN, "letters, digits and _ . : / -, with a * at the end or without"))
    .min(1)
    .default(["*"])
    .describe("Channels that clients can subscribe to. A `*` at the end stands for any rest."),
  subscriptionsPerConnection: z
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .describe("Channels that one connection may subscribe to."),
  stageName: z
    .string()
    .regex(/^[\w-]{1,128}$/, "1 to 128 letters, digits, _ and -")
    .default("live")
    .describe("The last part of the API's address."),
  throttling: throttling.prefault({}).describe("Limits of every route that has none of its own."),
  executionLogs: z
    .enum(["errors", "everything"])
    .default("errors")
    .describe(
      "What API Gateway logs of its own work. It never logs the messages, and every request is in the access log.",
    ),
  accountLogging: z
    .enum(["create", "existing"])
    .default("existing")
    .describe(
      "API Gateway writes the logs of all APIs of an account and region through one registered role. `existing` uses it, and the deployment fails if none is registered; `create` registers a new role in its place for all APIs.",
    ),
  broadcastConcurrency: z.int().min(1).max(500).default(50).describe("Connections that a broadcast writes to at once."),
  domain: domain.optional().describe("A domain of the API's own."),
  recoveryDays,
  architecture: platformFunctionSettings.shape.architecture,
  logRetentionDays,
});

/** A route as a program gives it. */
export type WebSocketRoute = Settings<typeof route>;
/** Who may connect. */
export type WebSocketAuthorizer = Settings<typeof authorizer>;

/** The settings of an API and its parts, every default filled in. */
export type WebSocketSettings = Resolved<typeof webSocketApiSettings>;
export type Throttling = Resolved<typeof throttling>;

export interface WebSocketApiArgs extends Settings<typeof webSocketApiSettings> {
  /** Encrypts connections and logs. CloudWatch Logs must be among its users. */
  readonly key: EncryptionKey;
  /** Receives an alert when a function of the API fails, or a message reaches no client. */
  readonly alerts?: NotificationTopic;
  readonly protection?: Protection;
  readonly transform?: {
    readonly api?: (args: aws.apigatewayv2.ApiArgs) => aws.apigatewayv2.ApiArgs;
    readonly stage?: (args: aws.apigatewayv2.StageArgs) => aws.apigatewayv2.StageArgs;
    readonly table?: (args: aws.dynamodb.TableArgs) => aws.dynamodb.TableArgs;
  };
}
