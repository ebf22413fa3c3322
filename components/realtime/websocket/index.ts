import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "../../core/alarm";
import type { Statement } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import { PlatformFunction } from "../../core/platform-function";
import { connectionTable, tableStatement } from "./connection-table";
import {
  checkRoute,
  checkWebSocketApi,
  type Throttling,
  type WebSocketApiArgs,
  type WebSocketAuthorizer,
  type WebSocketRoute,
} from "./arguments";
import {
  broadcastEvents,
  broadcastRecords,
  checkBroadcastSource,
  QUEUE_SECONDS,
  sourceStatements,
  type BroadcastSource,
} from "./broadcast";
import {
  connectAuthorization,
  customRoute,
  integration,
  permit,
  routesArn,
  simpleRoute,
  type RouteSite,
} from "./routes";
import { domainOf, stageOf } from "./stage";

export type * from "./arguments";

export const WEB_SOCKET_API_DEFAULTS = {
  routeSelectionPath: "action",
  authorizer: { kind: "iam" } as WebSocketAuthorizer,
  channels: ["*"] as readonly string[],
  subscriptionsPerConnection: 50,
  stageName: "live",
  throttling: { messagesPerSecond: 1000, burst: 500 } as Throttling,
  executionLogs: "errors" as const,
  accountLogging: "create" as const,
  broadcastConcurrency: 50,
  recoveryDays: 35,
};

/**
 * A WebSocket API: clients connect (signed, or let in by a function), their messages find a function by what a path of their
 * JSON says, they subscribe to channels, and anything can push to all of them or to a channel: a direct call, an EventBridge rule, a
 * topic, a queue, a stream of changes. Connections are kept in an encrypted table and forgotten when they end.
 *
 * @example
 * const key = new EncryptionKey("live", { description: "Live updates" });
 * const live = new WebSocketApi("live", { key, routeSelectionPath: "action" });
 * live.broadcastFrom("ingested", {
 *   kind: "events", channel: "ingestions", pattern: { source: ["dataplatform.ingestion"] },
 * });
 */
export class WebSocketApi extends PlatformComponent {
  readonly apiId: pulumi.Output<string>;
  /** `wss://…`, where clients connect: at the API's own domain if it has one. */
  readonly url: pulumi.Output<string>;
  readonly stageName: pulumi.Output<string>;
  /** Where servers reach connections (`@connections`): the endpoint of a client of the management API. */
  readonly managementEndpoint: pulumi.Output<string>;
  readonly connectionTableName: pulumi.Output<string>;
  readonly connectionTableArn: pulumi.Output<string>;
  /** Takes `{ message, channel? }` and sends it to all connections, or those of the channel. */
  readonly broadcastFunctionName: pulumi.Output<string>;
  readonly broadcastFunctionArn: pulumi.Output<string>;
  readonly accessLogGroupName: pulumi.Output<string>;
  /** What the domain's DNS record points at; empty without a domain. */
  readonly domainTarget: pulumi.Output<string>;
  /** The hosted zone of `domainTarget`, for an alias record; empty without a domain. */
  readonly domainTargetZoneId: pulumi.Output<string>;
  private readonly api: aws.apigatewayv2.Api;
  private readonly table: aws.dynamodb.Table;
  private readonly broadcaster: PlatformFunction;
  private readonly site: RouteSite;

  constructor(
    name: string,
    private readonly args: WebSocketApiArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("realtime", "WebSocketApi", name, opts);
    checkWebSocketApi(args, this.check);
    const stageName = args.stageName ?? WEB_SOCKET_API_DEFAULTS.stageName;
    const path = args.routeSelectionPath ?? WEB_SOCKET_API_DEFAULTS.routeSelectionPath;
    const selection = `$request.body.${path}`;
    const apiArgs: aws.apigatewayv2.ApiArgs = {
      protocolType: "WEBSOCKET",
      description: args.description,
      routeSelectionExpression: selection,
    };
    this.api = new aws.apigatewayv2.Api(`${name}-api`, args.transform?.api?.(apiArgs) ?? apiArgs, this.mainChild());
    this.apiId = this.api.id;
    this.managementEndpoint = pulumi.interpolate`${this.api.apiEndpoint}/${stageName}`.apply((url) =>
      url.replace(/^ws/, "http"),
    );
    this.table = connectionTable(name, args, args.recoveryDays ?? WEB_SOCKET_API_DEFAULTS.recoveryDays, (extra) =>
      this.mainChild(extra),
    );
    this.site = {
      scope: this.scope,
      name,
      api: this.api,
      selection,
      aws: this.aws,
      child: (extra) => this.child(extra),
    };
    const settings = {
      stageName,
      throttling: args.throttling ?? WEB_SOCKET_API_DEFAULTS.throttling,
      executionLogs: args.executionLogs ?? WEB_SOCKET_API_DEFAULTS.executionLogs,
      accountLogging: args.accountLogging ?? WEB_SOCKET_API_DEFAULTS.accountLogging,
    };
    const routes = this.routes(this.site, path);
    const { stage, accessLog } = stageOf(this.site, args, settings, routes, (extra) => this.mainChild(extra));
    this.broadcaster = this.broadcastFunction("broadcast", "Sends messages to clients of a WebSocket API");
    this.stageName = stage.name;
    const domain = args.domain && domainOf(this.site, args.domain, stage);
    this.url = domain ? domain.url : pulumi.interpolate`${this.api.apiEndpoint}/${stage.name}`;
    this.domainTarget = domain?.target ?? pulumi.output("");
    this.domainTargetZoneId = domain?.zoneId ?? pulumi.output("");
    this.connectionTableName = this.table.name;
    this.connectionTableArn = this.table.arn;
    this.broadcastFunctionName = this.broadcaster.functionName;
    this.broadcastFunctionArn = this.broadcaster.functionArn;
    this.accessLogGroupName = accessLog.name;
    this.apiAlarms(stageName);
    this.registerOutputs({
      apiId: this.apiId,
      url: this.url,
      stageName: this.stageName,
      managementEndpoint: this.managementEndpoint,
      connectionTableName: this.connectionTableName,
      connectionTableArn: this.connectionTableArn,
      broadcastFunctionName: this.broadcastFunctionName,
      broadcastFunctionArn: this.broadcastFunctionArn,
      accessLogGroupName: this.accessLogGroupName,
      domainTarget: this.domainTarget,
      domainTargetZoneId: this.domainTargetZoneId,
    });
  }

  /** What a client's role needs to connect, under the authorizer `iam`. */
  grantConnect(): Statement[] {
    return [
      {
        actions: ["execute-api:Invoke"],
        resources: [pulumi.interpolate`${this.api.executionArn}/${this.stageName}/$connect`],
      },
    ];
  }

  /** What a role needs to have a message broadcast. */
  grantBroadcast(): Statement[] {
    return this.broadcaster.grantInvoke();
  }

  /** What a role needs to write to, look at and close connections itself, at `managementEndpoint`. */
  grantManageConnections(): Statement[] {
    return [
      {
        actions: ["execute-api:ManageConnections"],
        resources: [pulumi.interpolate`${this.api.executionArn}/${this.stageName}/*/@connections/*`],
      },
    ];
  }

  /**
   * One more route. For functions that need something of the API itself, such as `managementEndpoint` or `grantBroadcast`: they
   * cannot be there before it.
   */
  addRoute(key: string, route: Omit<WebSocketRoute, "throttling">): void {
    this.check.require(
      !(key in (this.args.routes ?? {})) && key !== "$default",
      `addRoute ${key}`,
      key,
      "a route the API does not have yet",
    );
    checkRoute(key, route, this.check);
    customRoute(this.site, key, route);
  }

  /** Has what a source says broadcast as it comes. `role` names the resources this takes. */
  broadcastFrom(role: string, source: BroadcastSource): void {
    const argument = `broadcastFrom ${role}`;
    checkBroadcastSource(argument, source, this.args.key, this.check);
    if (source.kind === "events") return broadcastEvents(this.site, role, source, this.args, this.broadcaster);
    const channel: Record<string, string> = source.channel === undefined ? {} : { CHANNEL: source.channel };
    const relay = this.broadcastFunction(
      role,
      `Broadcasts what ${role} says`,
      channel,
      sourceStatements(source),
      source.kind === "queue" ? QUEUE_SECONDS : undefined,
    );
    if (source.kind === "topic") source.topic.subscribeFunction(`${this.name}-${role}`, relay.functionArn);
    else broadcastRecords(this.site, role, source, relay);
  }

  private functionOptions(): Pick<WebSocketApiArgs, "key" | "architecture" | "logRetentionDays"> {
    const { key, architecture, logRetentionDays } = this.args;
    return { key, architecture, logRetentionDays };
  }

  private broadcastFunction(
    role: string,
    description: string,
    environment: Readonly<Record<string, string>> = {},
    statements: readonly Statement[] = [],
    timeoutSeconds = 300,
  ): PlatformFunction {
    const stage = this.args.stageName ?? WEB_SOCKET_API_DEFAULTS.stageName;
    const fn = new PlatformFunction(
      `${this.name}-${role}`,
      {
        ...this.functionOptions(),
        code: "websocket-broadcast",
        description,
        timeoutSeconds,
        environment: {
          CONNECTION_TABLE: this.table.name,
          MANAGEMENT_ENDPOINT: this.managementEndpoint,
          CONCURRENCY: String(this.args.broadcastConcurrency ?? WEB_SOCKET_API_DEFAULTS.broadcastConcurrency),
          POWERTOOLS_SERVICE_NAME: "websocket-broadcast",
          ...environment,
        },
        statements: [
          tableStatement(this.table, ["Query", "DeleteItem"]),
          {
            actions: ["execute-api:ManageConnections"],
            resources: [pulumi.interpolate`${this.api.executionArn}/${stage}/POST/@connections/*`],
          },
          ...statements,
        ],
      },
      this.child(),
    );
    this.alarm(`${role}-failed`, `A message of ${this.name} (${role}) reached nobody, although somebody listens`, fn);
    return fn;
  }

  /** Every route the API starts with; returns what the stage must wait for. */
  private routes(site: RouteSite, path: string): readonly pulumi.Resource[] {
    const { args } = this;
    const custom = args.routes ?? {};
    const manager = new PlatformFunction(
      `${this.name}-manager`,
      {
        ...this.functionOptions(),
        code: "websocket-connections",
        description: "Knows who is connected to a WebSocket API, and who listens to what",
        timeoutSeconds: 29,
        environment: {
          CONNECTION_TABLE: this.table.name,
          CHANNELS: (args.channels ?? WEB_SOCKET_API_DEFAULTS.channels).join(","),
          SUBSCRIPTIONS: String(args.subscriptionsPerConnection ?? WEB_SOCKET_API_DEFAULTS.subscriptionsPerConnection),
          ROUTE_SELECTION_PATH: path,
          POWERTOOLS_SERVICE_NAME: "websocket-connections",
        },
        statements: [tableStatement(this.table, ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"])],
      },
      this.child(),
    );
    this.alarm("manager-failed", `Clients of ${this.name} cannot connect or subscribe`, manager);
    const permission = permit(site, "manager", "apigateway.amazonaws.com", manager, routesArn(site, "*"));
    const target = integration(site, "manager", manager);
    const authorizer = args.authorizer ?? WEB_SOCKET_API_DEFAULTS.authorizer;
    return [
      permission,
      ...simpleRoute(site, "$connect", target, false, connectAuthorization(site, authorizer)),
      ...simpleRoute(site, "$disconnect", target, false),
      ...simpleRoute(site, "subscribe", target, true),
      ...simpleRoute(site, "unsubscribe", target, true),
      ...("$default" in custom ? [] : simpleRoute(site, "$default", target, true)),
      ...Object.entries(custom).flatMap(([key, route]) => customRoute(site, key, route)),
    ];
  }

  private alarm(role: string, description: string, fn: PlatformFunction): void {
    const dimensions = { FunctionName: fn.functionName };
    const what = { description, namespace: "AWS/Lambda", metric: "Errors", dimensions };
    alarm(this.scope, role, this.args.alerts, what);
  }

  private apiAlarms(stage: string): void {
    const dimensions = { ApiId: this.api.id, Stage: stage };
    const one = (role: string, metric: string, description: string): void => {
      const what = { description, namespace: "AWS/ApiGateway", metric, dimensions };
      alarm(this.scope, role, this.args.alerts, what);
    };
    one("route-failed", "IntegrationError", `A function behind ${this.name} failed, or took too long`);
    one("not-executed", "ExecutionError", `API Gateway could not call a function of ${this.name}: is it permitted to?`);
  }
}
