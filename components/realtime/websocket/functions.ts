import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "../../core/alarm";
import type { Statement } from "../../core/iam";
import { PlatformFunction } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import type { WebSocketApiArgs, WebSocketSettings } from "./arguments";
import { tableStatement } from "./connection-table";

/** What the functions of an API work on. */
export interface FunctionContext {
  readonly args: WebSocketApiArgs;
  readonly settings: WebSocketSettings;
  readonly api: aws.apigatewayv2.Api;
  readonly table: aws.dynamodb.Table;
  readonly managementEndpoint: pulumi.Output<string>;
}

/** Makes the function that accepts connections and subscriptions. */
export function connectionsFunction(scope: Scope, { args, settings, table }: FunctionContext): PlatformFunction {
  const { architecture, logRetentionDays } = settings;
  const manager = new PlatformFunction(
    scope.name,
    {
      key: args.key,
      alerts: args.alerts,
      architecture,
      logRetentionDays,
      code: "websocket-connections",
      description: "Keeps the connections and subscriptions of a WebSocket API",
      timeoutSeconds: 29,
      environment: {
        CONNECTION_TABLE: table.name,
        CHANNELS: settings.channels.join(","),
        SUBSCRIPTIONS: String(settings.subscriptionsPerConnection),
        ROUTE_SELECTION_PATH: settings.routeSelectionPath,
        POWERTOOLS_SERVICE_NAME: "websocket-connections",
      },
      statements: [tableStatement(table, ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"])],
    },
    scope.child(),
  );
  failureAlarm(scope, args, manager, "Clients cannot connect or subscribe.");
  return manager;
}

/** Makes a function that sends messages to clients: those it is called with, or those of a source. */
export function broadcastFunction(
  scope: Scope,
  { args, settings, api, table, managementEndpoint }: FunctionContext,
  {
    description,
    channel,
    statements = [],
    timeoutSeconds = 300,
  }: {
    readonly description: string;
    readonly channel?: string;
    readonly statements?: readonly Statement[];
    readonly timeoutSeconds?: number;
  },
): PlatformFunction {
  const { architecture, logRetentionDays, stageName } = settings;
  const broadcaster = new PlatformFunction(
    scope.name,
    {
      key: args.key,
      alerts: args.alerts,
      architecture,
      logRetentionDays,
      code: "websocket-broadcast",
      description,
      timeoutSeconds,
      environment: {
        CONNECTION_TABLE: table.name,
        MANAGEMENT_ENDPOINT: managementEndpoint,
        CONCURRENCY: String(settings.broadcastConcurrency),
        POWERTOOLS_SERVICE_NAME: "websocket-broadcast",
        ...(channel === undefined ? {} : { CHANNEL: channel }),
      },
      statements: [
        tableStatement(table, ["Query", "DeleteItem"]),
        {
          actions: ["execute-api:ManageConnections"],
          resources: [pulumi.interpolate`${api.executionArn}/${stageName}/POST/@connections/*`],
        },
        ...statements,
      ],
    },
    scope.child(),
  );
  failureAlarm(scope, args, broadcaster, "A message could not be sent to any client that should receive it.");
  return broadcaster;
}

function failureAlarm(scope: Scope, { alerts }: WebSocketApiArgs, fn: PlatformFunction, effect: string): void {
  alarm(scope, "failed", alerts, {
    description: `The function ${scope.name} of a WebSocket API failed. ${effect}`,
    namespace: "AWS/Lambda",
    metric: "Errors",
    dimensions: { FunctionName: fn.functionName },
  });
}
