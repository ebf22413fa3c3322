import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { BY_CHANNEL, OWN_ROUTES } from "../../contracts/realtime";
import { alarm } from "../core/alarm";
import { DeadLetterQueue } from "../core/dead-letter-queue";
import { serviceRole, type Statement } from "../core/iam";
import { PlatformComponent } from "../core/platform-component";
import { PLATFORM_FUNCTION_DEFAULTS, PlatformFunction } from "../core/platform-function";
import { DEFAULT_PROTECTION, protectionSettings } from "../core/protection";
import {
  checkRoute,
  checkWebSocketApi,
  type RouteFunction,
  type Throttling,
  type WebSocketApiArgs,
  type WebSocketAuthorizer,
  type WebSocketRoute,
} from "./web-socket-arguments";
import { checkBroadcastSource, eventTransformer, sourceStatements, type BroadcastSource } from "./web-socket-broadcast";
import { ACCESS_LOG, modelName, routeRole, schemaText } from "./web-socket-formats";

export type * from "./web-socket-arguments";

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

  constructor(
    name: string,
    private readonly args: WebSocketApiArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("realtime", name, opts, "WebSocketApi");
    checkWebSocketApi(args, this.check);
    const stageName = args.stageName ?? WEB_SOCKET_API_DEFAULTS.stageName;
    const path = args.routeSelectionPath ?? WEB_SOCKET_API_DEFAULTS.routeSelectionPath;
    const apiArgs: aws.apigatewayv2.ApiArgs = {
      protocolType: "WEBSOCKET",
      description: args.description,
      routeSelectionExpression: `$request.body.${path}`,
    };
    this.api = new aws.apigatewayv2.Api(`${name}-api`, args.transform?.api?.(apiArgs) ?? apiArgs, this.mainChild());
    this.apiId = this.api.id;
    this.managementEndpoint = pulumi.interpolate`${this.api.apiEndpoint}/${stageName}`.apply((url) =>
      url.replace(/^ws/, "http"),
    );
    this.table = this.connectionTable();
    const routes = this.routes(path);
    const accessLog = this.logGroup("access", undefined);
    const stage = this.stage(stageName, accessLog, routes);
    this.broadcaster = this.broadcastFunction("broadcast", "Sends messages to clients of a WebSocket API");
    this.stageName = stage.name;
    const domain = this.domain(stage);
    this.url = domain ? domain.url : pulumi.interpolate`${this.api.apiEndpoint}/${stage.name}`;
    this.domainTarget = domain?.target ?? pulumi.output("");
    this.domainTargetZoneId = domain?.zoneId ?? pulumi.output("");
    this.connectionTableName = this.table.name;
    this.connectionTableArn = this.table.arn;
    this.broadcastFunctionName = this.broadcaster.functionName;
    this.broadcastFunctionArn = this.broadcaster.functionArn;
    this.accessLogGroupName = accessLog.name;
    this.alarms(stageName);
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
    this.customRoute(key, route);
  }

  /** Has what a source says broadcast as it comes. `role` names the resources this takes. */
  broadcastFrom(role: string, source: BroadcastSource): void {
    const argument = `broadcastFrom ${role}`;
    checkBroadcastSource(argument, source, this.check);
    if (source.kind === "events") return this.broadcastEvents(role, argument, source);
    const channel: Record<string, string> = source.channel === undefined ? {} : { CHANNEL: source.channel };
    const relay = this.broadcastFunction(role, `Broadcasts what ${role} says`, channel, sourceStatements(source));
    if (source.kind === "topic") {
      source.topic.subscribeFunction(`${this.name}-${role}`, relay.functionArn);
      return;
    }
    new aws.lambda.EventSourceMapping(
      `${this.name}-${role}-trigger`,
      {
        functionName: relay.functionArn,
        functionResponseTypes: ["ReportBatchItemFailures"],
        ...(source.kind === "queue"
          ? { eventSourceArn: source.queueArn, batchSize: 10 }
          : {
              eventSourceArn: source.stream.streamArn,
              // Whoever is connected hears what happens from now on.
              startingPosition: "LATEST",
              batchSize: 100,
              bisectBatchOnFunctionError: true,
              maximumRetryAttempts: 3,
              maximumRecordAgeInSeconds: 300,
              destinationConfig: { onFailure: { destinationArn: relay.deadLetterQueueArn } },
            }),
      },
      this.child(),
    );
  }

  private broadcastEvents(
    role: string,
    argument: string,
    source: Extract<BroadcastSource, { readonly kind: "events" }>,
  ): void {
    this.check.require(
      this.args.key.admits("events"),
      argument,
      "a key that EventBridge cannot use",
      'an EncryptionKey with "events" among its users',
    );
    const rule = new aws.cloudwatch.EventRule(
      `${this.name}-${role}-rule`,
      {
        description: `What clients of ${this.name} hear as ${role}`,
        eventBusName: source.busName,
        eventPattern: JSON.stringify(source.pattern),
      },
      this.child(),
    );
    const permission = this.permission(role, "events.amazonaws.com", this.broadcaster, rule.arn);
    const undelivered = new DeadLetterQueue(
      `${this.name}-${role}-undelivered`,
      { key: this.args.key, fromEventBridge: true },
      this.child(),
    );
    new aws.cloudwatch.EventTarget(
      `${this.name}-${role}-target`,
      {
        rule: rule.name,
        eventBusName: rule.eventBusName,
        arn: this.broadcaster.functionArn,
        inputTransformer: eventTransformer(source.channel),
        // Later it is no news any more.
        retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 5 },
        deadLetterConfig: { arn: undelivered.queueArn },
      },
      this.child({ dependsOn: [permission] }),
    );
  }

  // ---- who is connected ---------------------------------------------------------------------------------------------

  private connectionTable(): aws.dynamodb.Table {
    const { args } = this;
    const settings = protectionSettings(args.protection ?? DEFAULT_PROTECTION);
    const tableArgs: aws.dynamodb.TableArgs = {
      billingMode: "PAY_PER_REQUEST",
      attributes: [
        { name: "connectionId", type: "S" },
        { name: "channel", type: "S" },
      ],
      hashKey: "connectionId",
      rangeKey: "channel",
      // All connections share one partition of it: 1000 writes a second are twice what API Gateway accepts in new connections.
      globalSecondaryIndexes: [
        { name: BY_CHANNEL, hashKey: "channel", rangeKey: "connectionId", projectionType: "ALL" },
      ],
      ttl: { enabled: true, attributeName: "expiresAt" },
      serverSideEncryption: { enabled: true, kmsKeyArn: args.key.keyArn },
      pointInTimeRecovery: {
        enabled: true,
        recoveryPeriodInDays: args.recoveryDays ?? WEB_SOCKET_API_DEFAULTS.recoveryDays,
      },
      deletionProtectionEnabled: settings.deletionProtection,
    };
    return new aws.dynamodb.Table(
      `${this.name}-connections`,
      args.transform?.table?.(tableArgs) ?? tableArgs,
      this.mainChild({ protect: settings.protect }),
    );
  }

  private tableStatements(actions: readonly string[]): Statement {
    return {
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.table.arn, pulumi.interpolate`${this.table.arn}/index/*`],
    };
  }

  private functionOptions(): Pick<
    WebSocketApiArgs,
    "key" | "architecture" | "logRetentionDays" | "permissionsBoundary"
  > {
    const { key, architecture, logRetentionDays, permissionsBoundary } = this.args;
    return { key, architecture, logRetentionDays, permissionsBoundary };
  }

  private broadcastFunction(
    role: string,
    description: string,
    environment: Readonly<Record<string, string>> = {},
    statements: readonly Statement[] = [],
  ): PlatformFunction {
    const stage = this.args.stageName ?? WEB_SOCKET_API_DEFAULTS.stageName;
    const fn = new PlatformFunction(
      `${this.name}-${role}`,
      {
        ...this.functionOptions(),
        code: "websocket-broadcast",
        description,
        timeoutSeconds: 300,
        environment: {
          CONNECTION_TABLE: this.table.name,
          MANAGEMENT_ENDPOINT: this.managementEndpoint,
          CONCURRENCY: String(this.args.broadcastConcurrency ?? WEB_SOCKET_API_DEFAULTS.broadcastConcurrency),
          POWERTOOLS_SERVICE_NAME: "websocket-broadcast",
          ...environment,
        },
        statements: [
          this.tableStatements(["Query", "DeleteItem"]),
          {
            actions: ["execute-api:ManageConnections"],
            resources: [pulumi.interpolate`${this.api.executionArn}/${stage}/POST/@connections/*`],
          },
          ...statements,
        ],
      },
      this.child(),
    );
    alarm(
      `${this.name}-${role}-failed`,
      this.args.alerts,
      {
        description: `A message of ${this.name} (${role}) reached nobody, although somebody listens`,
        namespace: "AWS/Lambda",
        metric: "Errors",
        dimensions: { FunctionName: fn.functionName },
      },
      this.child(),
    );
    return fn;
  }

  // ---- routes -------------------------------------------------------------------------------------------------------

  /** Every route the API starts with; returns what the stage must wait for. */
  private routes(path: string): pulumi.Resource[] {
    const { args } = this;
    const custom = args.routes ?? {};
    const connections = new PlatformFunction(
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
        statements: [this.tableStatements(["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"])],
      },
      this.child(),
    );
    alarm(
      `${this.name}-manager-failed`,
      args.alerts,
      {
        description: `Clients of ${this.name} cannot connect or subscribe`,
        namespace: "AWS/Lambda",
        metric: "Errors",
        dimensions: { FunctionName: connections.functionName },
      },
      this.child(),
    );
    const permission = this.permission("manager", "apigateway.amazonaws.com", connections, this.routesArn("*"));
    const integration = this.integration("manager", connections, {});
    const own = (key: string, more: Partial<aws.apigatewayv2.RouteArgs> = {}): pulumi.Resource[] =>
      this.route(key, integration, !["$connect", "$disconnect"].includes(key), more);
    return [
      permission,
      ...own("$connect", this.authorization()),
      ...OWN_ROUTES.filter((key) => key !== "$connect").flatMap((key) => own(key)),
      ...("$default" in custom ? [] : own("$default")),
      ...Object.entries(custom).flatMap(([key, route]) => this.customRoute(key, route)),
    ];
  }

  private customRoute(key: string, route: Omit<WebSocketRoute, "throttling">): pulumi.Resource[] {
    const role = routeRole(key);
    const permission = this.permission(role, "apigateway.amazonaws.com", route.function, this.routesArn(key));
    const integration = this.integration(role, route.function, route);
    const model =
      route.messageSchema &&
      new aws.apigatewayv2.Model(
        `${this.name}-${role}-model`,
        {
          apiId: this.api.id,
          // Of letters and digits only, which no generated name is.
          name: modelName(key),
          contentType: "application/json",
          schema: schemaText(route.messageSchema),
        },
        this.child(),
      );
    const models = model ? { modelSelectionExpression: "$default", requestModels: { $default: model.name } } : {};
    return [permission, ...this.route(key, integration, route.twoWay ?? false, models)];
  }

  private route(
    key: string,
    integration: aws.apigatewayv2.Integration,
    twoWay: boolean,
    more: Partial<aws.apigatewayv2.RouteArgs>,
  ): pulumi.Resource[] {
    const role = routeRole(key);
    const route = new aws.apigatewayv2.Route(
      `${this.name}-${role}-route`,
      {
        apiId: this.api.id,
        routeKey: key,
        target: pulumi.interpolate`integrations/${integration.id}`,
        ...(twoWay ? { routeResponseSelectionExpression: "$default" } : {}),
        ...more,
      },
      this.child(),
    );
    if (!twoWay) return [route];
    // What a proxied function answers goes out as it is: no integration response stands between.
    const response = new aws.apigatewayv2.RouteResponse(
      `${this.name}-${role}-response`,
      { apiId: this.api.id, routeId: route.id, routeResponseKey: "$default" },
      this.child(),
    );
    return [route, response];
  }

  private integration(
    role: string,
    target: RouteFunction,
    { timeoutMilliseconds }: { readonly timeoutMilliseconds?: number },
  ): aws.apigatewayv2.Integration {
    return new aws.apigatewayv2.Integration(
      `${this.name}-${role}-integration`,
      {
        apiId: this.api.id,
        integrationType: "AWS_PROXY",
        integrationMethod: "POST",
        contentHandlingStrategy: "CONVERT_TO_TEXT",
        passthroughBehavior: "WHEN_NO_MATCH",
        integrationUri: this.invocationUri(target),
        timeoutMilliseconds: timeoutMilliseconds ?? 29_000,
      },
      this.child(),
    );
  }

  private authorization(): Partial<aws.apigatewayv2.RouteArgs> {
    const authorizer = this.args.authorizer ?? WEB_SOCKET_API_DEFAULTS.authorizer;
    if (authorizer.kind === "iam") return { authorizationType: "AWS_IAM" };
    if (authorizer.kind === "none") return { authorizationType: "NONE" };
    const { headers = [], queryParameters = [] } = authorizer;
    const one = new aws.apigatewayv2.Authorizer(
      `${this.name}-authorizer`,
      {
        apiId: this.api.id,
        authorizerType: "REQUEST",
        authorizerUri: this.invocationUri(authorizer.function),
        identitySources: [
          ...headers.map((header) => `route.request.header.${header}`),
          ...queryParameters.map((parameter) => `route.request.querystring.${parameter}`),
        ],
      },
      this.child(),
    );
    const sourceArn = pulumi.interpolate`${this.api.executionArn}/authorizers/${one.id}`;
    this.permission("authorizer", "apigateway.amazonaws.com", authorizer.function, sourceArn);
    return { authorizationType: "CUSTOM", authorizerId: one.id };
  }

  private permission(
    role: string,
    principal: string,
    target: RouteFunction,
    sourceArn: pulumi.Input<string>,
  ): aws.lambda.Permission {
    return new aws.lambda.Permission(
      `${this.name}-${role}-permission`,
      { action: "lambda:InvokeFunction", function: arnOf(target), principal, sourceArn },
      this.child(),
    );
  }

  private routesArn(key: string): pulumi.Output<string> {
    return pulumi.interpolate`${this.api.executionArn}/*/${key}`;
  }

  private invocationUri(target: RouteFunction): pulumi.Output<string> {
    const { partition, region } = this.aws;
    return pulumi.interpolate`arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${arnOf(target)}/invocations`;
  }

  // ---- stage, logs, domain ------------------------------------------------------------------------------------------

  private logGroup(role: string, name: pulumi.Input<string> | undefined): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      `${this.name}-${role}-logs`,
      {
        name,
        retentionInDays: this.args.logRetentionDays ?? PLATFORM_FUNCTION_DEFAULTS.logRetentionDays,
        kmsKeyId: this.args.key.keyArn,
      },
      this.child(),
    );
  }

  private stage(
    stageName: string,
    accessLog: aws.cloudwatch.LogGroup,
    routes: readonly pulumi.Resource[],
  ): aws.apigatewayv2.Stage {
    const { args } = this;
    // API Gateway would make it itself, without a key and for ever.
    const executionLog = this.logGroup("execution", pulumi.interpolate`/aws/apigateway/${this.api.id}/${stageName}`);
    const account = this.accountLogging();
    const settings = (throttling: Throttling): aws.types.input.apigatewayv2.StageDefaultRouteSettings => ({
      loggingLevel: (args.executionLogs ?? WEB_SOCKET_API_DEFAULTS.executionLogs) === "errors" ? "ERROR" : "INFO",
      dataTraceEnabled: false,
      detailedMetricsEnabled: true,
      throttlingRateLimit: throttling.messagesPerSecond,
      throttlingBurstLimit: throttling.burst,
    });
    const stageArgs: aws.apigatewayv2.StageArgs = {
      apiId: this.api.id,
      name: stageName,
      autoDeploy: true,
      accessLogSettings: { destinationArn: accessLog.arn, format: ACCESS_LOG },
      defaultRouteSettings: settings(args.throttling ?? WEB_SOCKET_API_DEFAULTS.throttling),
      routeSettings: Object.entries(args.routes ?? {}).flatMap(([routeKey, { throttling }]) =>
        throttling ? [{ routeKey, ...settings(throttling) }] : [],
      ),
    };
    return new aws.apigatewayv2.Stage(
      `${this.name}-stage`,
      args.transform?.stage?.(stageArgs) ?? stageArgs,
      this.mainChild({ dependsOn: [...routes, executionLog, ...(account ? [account] : [])] }),
    );
  }

  private accountLogging(): aws.apigateway.Account | undefined {
    if ((this.args.accountLogging ?? WEB_SOCKET_API_DEFAULTS.accountLogging) === "existing") return undefined;
    const { role } = serviceRole(
      `${this.name}-account-logs`,
      {
        service: "apigateway.amazonaws.com",
        description: "Lets API Gateway write the logs of this region's APIs",
        permissionsBoundary: this.args.permissionsBoundary,
        statements: [],
        // API Gateway looks for what this policy grants before it takes the role:
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
        managedPolicies: [
          pulumi.interpolate`arn:${this.aws.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
        ],
      },
      this.child(),
    );
    return new aws.apigateway.Account(`${this.name}-account`, { cloudwatchRoleArn: role.arn }, this.child());
  }

  private domain(
    stage: aws.apigatewayv2.Stage,
  ): { readonly [key in "url" | "target" | "zoneId"]: pulumi.Output<string> } | undefined {
    const { domain } = this.args;
    if (!domain) return undefined;
    const one = new aws.apigatewayv2.DomainName(
      `${this.name}-domain`,
      {
        domainName: domain.name,
        domainNameConfiguration: {
          certificateArn: domain.certificateArn,
          endpointType: "REGIONAL",
          securityPolicy: "TLS_1_2",
        },
      },
      this.child(),
    );
    new aws.apigatewayv2.ApiMapping(
      `${this.name}-mapping`,
      { apiId: this.api.id, domainName: one.id, stage: stage.id, apiMappingKey: domain.path },
      this.child(),
    );
    return {
      url: pulumi.interpolate`wss://${one.domainName}${domain.path === undefined ? "" : `/${domain.path}`}`,
      target: one.domainNameConfiguration.targetDomainName,
      zoneId: one.domainNameConfiguration.hostedZoneId,
    };
  }

  private alarms(stage: string): void {
    const dimensions = { ApiId: this.api.id, Stage: stage };
    const namespace = "AWS/ApiGateway";
    const one = (role: string, metric: string, description: string): void => {
      alarm(`${this.name}-${role}`, this.args.alerts, { description, namespace, metric, dimensions }, this.child());
    };
    one("route-failed", "IntegrationError", `A function behind ${this.name} failed, or took too long`);
    one(
      "not-executed",
      "ExecutionError",
      `API Gateway could not call a function behind ${this.name}: is it permitted to?`,
    );
  }
}

const arnOf = (target: RouteFunction): pulumi.Input<string> =>
  target instanceof PlatformFunction ? target.functionArn : target;
