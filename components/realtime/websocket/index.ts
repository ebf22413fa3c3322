import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "../../core/alarm";
import type { Statement } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import type { PlatformFunction } from "../../core/platform-function";
import {
  LONGEST_ANSWER_MILLISECONDS,
  webSocketApiSettings,
  type WebSocketApiArgs,
  type WebSocketRoute,
  type WebSocketSettings,
} from "./arguments";
import {
  broadcastEvents,
  broadcastRecords,
  broadcastSettings,
  QUEUE_SECONDS,
  sourceStatements,
  type BroadcastSource,
} from "./broadcast";
import { connectionTable } from "./connection-table";
import { broadcastFunction, connectionsFunction, type FunctionContext } from "./functions";
import { apiRoute, connectAuthorization, customRoute, integration, permit, routesArn } from "./routes";
import { makeDomain, makeStage } from "./stage";

export * from "./arguments";

/**
 * A WebSocket API. Clients connect with signed requests, or with what a function accepts; a path in the JSON of their messages
 * chooses the function that handles them. Clients subscribe to channels, and everything can broadcast to all clients or to a
 * channel: a direct call, an EventBridge rule, a topic, a queue, a stream of changes. Connections are kept in an encrypted table
 * until they end.
 *
 * @example
 * const key = new EncryptionKey("live", { description: "Live updates" });
 * const alerts = new NotificationTopic("alerts", { key, emails: ["oncall@example.com"] });
 * const live = new WebSocketApi("live", { key, alerts, routeSelectionPath: "action" });
 * live.broadcastFrom("ingested", {
 *   kind: "events", channel: "ingestions", pattern: { source: ["dataplatform.ingestion"] },
 * });
 */
export class WebSocketApi extends PlatformComponent {
  readonly apiId: pulumi.Output<string>;
  /** The address that clients connect to, `wss://…`: that of the API's own domain if it has one. */
  readonly url: pulumi.Output<string>;
  readonly stageName: pulumi.Output<string>;
  /** The endpoint of the management API, through which servers reach connections (`@connections`). */
  readonly managementEndpoint: pulumi.Output<string>;
  readonly connectionTableName: pulumi.Output<string>;
  readonly connectionTableArn: pulumi.Output<string>;
  /** The function that sends the message of `{ message, channel? }` to all clients, or to those of the channel. */
  readonly broadcastFunctionName: pulumi.Output<string>;
  readonly broadcastFunctionArn: pulumi.Output<string>;
  readonly accessLogGroupName: pulumi.Output<string>;
  /** The name that the domain's DNS record must point at; empty without a domain. */
  readonly domainTarget: pulumi.Output<string>;
  /** The hosted zone of `domainTarget`, for an alias record; empty without a domain. */
  readonly domainTargetZoneId: pulumi.Output<string>;
  private readonly api: aws.apigatewayv2.Api;
  private readonly broadcaster: PlatformFunction;
  private readonly context: FunctionContext;

  constructor(
    name: string,
    private readonly args: WebSocketApiArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("realtime", "WebSocketApi", name, opts);
    const settings = this.settings(webSocketApiSettings, args, (_, check) => {
      check.require(
        args.key.admits("cloudwatch-logs"),
        "key",
        "a key that CloudWatch Logs cannot use",
        'an EncryptionKey with "cloudwatch-logs" among its users',
      );
    });
    const { scope } = this;
    const apiArgs: aws.apigatewayv2.ApiArgs = {
      protocolType: "WEBSOCKET",
      description: settings.description,
      routeSelectionExpression: `$request.body.${settings.routeSelectionPath}`,
    };
    const api = new aws.apigatewayv2.Api(`${name}-api`, args.transform?.api?.(apiArgs) ?? apiArgs, this.mainChild());
    this.api = api;
    this.apiId = api.id;
    this.managementEndpoint = pulumi.interpolate`${api.apiEndpoint}/${settings.stageName}`.apply((url) =>
      url.replace(/^ws/, "http"),
    );
    const table = connectionTable(scope, args, settings);
    this.context = { args, settings, api, table, managementEndpoint: this.managementEndpoint };
    const { stage, accessLog } = makeStage(scope, api, args, settings, this.routes(settings));
    this.broadcaster = broadcastFunction(scope.part("broadcast"), this.context, {
      description: "Sends messages to clients of a WebSocket API",
    });
    this.stageName = stage.name;
    const domain = settings.domain && makeDomain(scope, api, settings.domain, stage);
    this.url = domain ? domain.url : pulumi.interpolate`${api.apiEndpoint}/${stage.name}`;
    this.domainTarget = domain?.target ?? pulumi.output("");
    this.domainTargetZoneId = domain?.zoneId ?? pulumi.output("");
    this.connectionTableName = table.name;
    this.connectionTableArn = table.arn;
    this.broadcastFunctionName = this.broadcaster.functionName;
    this.broadcastFunctionArn = this.broadcaster.functionArn;
    this.accessLogGroupName = accessLog.name;
    this.alarms(settings);
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

  /** What a role needs to broadcast messages. */
  grantBroadcast(): Statement[] {
    return this.broadcaster.grantInvoke();
  }

  /** What a role needs to write to, read and close single connections at `managementEndpoint`. */
  grantManageConnections(): Statement[] {
    return [
      {
        actions: ["execute-api:ManageConnections"],
        resources: [pulumi.interpolate`${this.api.executionArn}/${this.stageName}/*/@connections/*`],
      },
    ];
  }

  /**
   * Adds a route. It serves functions that need something of the API itself, such as `managementEndpoint` or `grantBroadcast`,
   * and so cannot exist before it.
   */
  addRoute(key: string, route: Omit<WebSocketRoute, "throttling">): void {
    const { routes } = this.settings(webSocketApiSettings.pick({ routes: true }), { routes: { [key]: route } });
    const isFree = !(key in this.context.settings.routes) && key !== "$default";
    this.check.require(isFree, `addRoute ${key}`, key, "a route the API does not have yet");
    for (const added of Object.values(routes)) customRoute(this.scope, this.api, key, added);
  }

  /** Broadcasts the messages of a source as they come. `role` is part of the names of the resources. */
  broadcastFrom(role: string, source: BroadcastSource): void {
    const { scope, args } = this;
    this.settings(broadcastSettings, { broadcastFrom: { [role]: source } }, (_, check) => {
      check.require(
        source.kind !== "events" || args.key.admits("events"),
        `broadcastFrom.${role}`,
        "a key that EventBridge cannot use",
        'an EncryptionKey with "events" among its users',
      );
    });
    const own = scope.part(role);
    if (source.kind === "events") return broadcastEvents(own, source, args, this.broadcaster);
    const relay = broadcastFunction(own, this.context, {
      description: `Broadcasts messages of ${role} to clients of a WebSocket API`,
      channel: source.channel,
      statements: sourceStatements(source),
      timeoutSeconds: source.kind === "queue" ? QUEUE_SECONDS : undefined,
    });
    if (source.kind === "topic") source.topic.subscribeFunction(own.name, relay.functionArn);
    else broadcastRecords(own, source, relay);
  }

  /** Makes every route that the API starts with. Returns what the stage must wait for. */
  private routes({ authorizer, routes }: WebSocketSettings): readonly pulumi.Resource[] {
    const { api, scope } = this;
    const own = scope.part("manager");
    const manager = connectionsFunction(own, this.context);
    const permission = permit(own, "apigateway.amazonaws.com", manager, routesArn(api, "*"));
    const target = integration(own, api, manager, LONGEST_ANSWER_MILLISECONDS);
    return [
      permission,
      ...apiRoute(scope, api, "$connect", target, connectAuthorization(scope, api, authorizer)),
      ...apiRoute(scope, api, "$disconnect", target),
      ...apiRoute(scope, api, "subscribe", target, { twoWay: true }),
      ...apiRoute(scope, api, "unsubscribe", target, { twoWay: true }),
      ...("$default" in routes ? [] : apiRoute(scope, api, "$default", target, { twoWay: true })),
      ...Object.entries(routes).flatMap(([key, route]) => customRoute(scope, api, key, route)),
    ];
  }

  private alarms({ stageName }: WebSocketSettings): void {
    const dimensions = { ApiId: this.api.id, Stage: stageName };
    for (const [role, metric, description] of [
      ["route-failed", "IntegrationError", `A function of the WebSocket API ${this.name} failed or timed out.`],
      [
        "not-executed",
        "ExecutionError",
        `API Gateway could not call a function of the WebSocket API ${this.name}. Its permission may be missing.`,
      ],
    ] as const) {
      alarm(this.scope, role, this.args.alerts, { description, namespace: "AWS/ApiGateway", metric, dimensions });
    }
  }
}
