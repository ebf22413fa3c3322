import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole } from "../../core/iam";
import type { Scope } from "../../core/scope";
import type { Throttling, WebSocketApiArgs, WebSocketSettings } from "./arguments";
import { ACCESS_LOG } from "./formats";

type Api = aws.apigatewayv2.Api;

/** Makes the stage, which deploys every change by itself, and its logs. It waits for the routes. */
export function makeStage(
  scope: Scope,
  api: Api,
  { key, transform }: WebSocketApiArgs,
  settings: WebSocketSettings,
  routes: readonly pulumi.Resource[],
): { readonly stage: aws.apigatewayv2.Stage; readonly accessLog: aws.cloudwatch.LogGroup } {
  const { stageName, logRetentionDays } = settings;
  const logs = { retentionInDays: logRetentionDays, kmsKeyId: key.keyArn };
  const accessLog = new aws.cloudwatch.LogGroup(`${scope.name}-access-logs`, logs, scope.child());
  const executionLog = new aws.cloudwatch.LogGroup(
    `${scope.name}-execution-logs`,
    // API Gateway would make this group itself, without a key and without an end.
    { ...logs, name: pulumi.interpolate`/aws/apigateway/${api.id}/${stageName}` },
    scope.child(),
  );
  const account = settings.accountLogging === "create" ? [accountLogging(scope)] : [];
  const routeSettings = ({
    messagesPerSecond,
    burst = messagesPerSecond,
  }: Throttling): aws.types.input.apigatewayv2.StageDefaultRouteSettings => ({
    loggingLevel: settings.executionLogs === "errors" ? "ERROR" : "INFO",
    // The messages of clients never go to the logs.
    dataTraceEnabled: false,
    detailedMetricsEnabled: true,
    throttlingRateLimit: messagesPerSecond,
    throttlingBurstLimit: burst,
  });
  const stageArgs: aws.apigatewayv2.StageArgs = {
    apiId: api.id,
    name: stageName,
    autoDeploy: true,
    accessLogSettings: { destinationArn: accessLog.arn, format: ACCESS_LOG },
    defaultRouteSettings: routeSettings(settings.throttling),
    routeSettings: Object.entries(settings.routes).flatMap(([routeKey, { throttling }]) =>
      throttling ? [{ routeKey, ...routeSettings(throttling) }] : [],
    ),
  };
  const stage = new aws.apigatewayv2.Stage(
    `${scope.name}-stage`,
    transform?.stage?.(stageArgs) ?? stageArgs,
    scope.after(...routes, executionLog, ...account).mainChild(),
  );
  return { stage, accessLog };
}

/** The role through which API Gateway writes the logs of all APIs of the region. */
function accountLogging(scope: Scope): aws.apigateway.Account {
  const { role } = serviceRole(scope, "account-logs", {
    service: "apigateway.amazonaws.com",
    description: "Lets API Gateway write the logs of this region's APIs",
    statements: [],
    // API Gateway checks that the role grants this before it accepts it:
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    managedPolicies: [
      pulumi.interpolate`arn:${scope.aws.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
    ],
  });
  return new aws.apigateway.Account(`${scope.name}-account`, { cloudwatchRoleArn: role.arn }, scope.child());
}

/** Makes a domain of the API's own. Returns where clients connect, and what the domain's DNS record must say. */
export function makeDomain(
  scope: Scope,
  api: Api,
  { name, certificateArn, path }: NonNullable<WebSocketSettings["domain"]>,
  stage: aws.apigatewayv2.Stage,
): Readonly<Record<"url" | "target" | "zoneId", pulumi.Output<string>>> {
  const domain = new aws.apigatewayv2.DomainName(
    `${scope.name}-domain`,
    {
      domainName: name,
      domainNameConfiguration: { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
    },
    scope.child(),
  );
  new aws.apigatewayv2.ApiMapping(
    `${scope.name}-mapping`,
    { apiId: api.id, domainName: domain.id, stage: stage.id, apiMappingKey: path },
    scope.child(),
  );
  return {
    url: pulumi.interpolate`wss://${domain.domainName}${path === undefined ? "" : `/${path}`}`,
    target: domain.domainNameConfiguration.targetDomainName,
    zoneId: domain.domainNameConfiguration.hostedZoneId,
  };
}
