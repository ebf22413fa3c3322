import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole } from "../../core/iam";
import type { Throttling, WebSocketApiArgs, WebSocketDomain } from "./arguments";
import { ACCESS_LOG } from "./formats";
import type { RouteSite } from "./routes";

/** The values that decide, each given or the default. */
export interface StageSettings {
  readonly stageName: string;
  readonly throttling: Throttling;
  readonly executionLogs: "errors" | "everything";
  readonly accountLogging: "create" | "existing";
}

/** The stage, which deploys whatever changes, with its logs. */
export function stageOf(
  site: RouteSite,
  args: WebSocketApiArgs,
  settings: StageSettings,
  routes: readonly pulumi.Resource[],
  options: (extra: pulumi.CustomResourceOptions) => pulumi.CustomResourceOptions,
): { readonly stage: aws.apigatewayv2.Stage; readonly accessLog: aws.cloudwatch.LogGroup } {
  const { name, api } = site;
  const { stageName } = settings;
  const accessLog = logGroup(site, args, "access", undefined);
  // API Gateway would make it itself, without a key and for ever.
  const executionName = pulumi.interpolate`/aws/apigateway/${api.id}/${stageName}`;
  const logs: pulumi.Resource[] = [logGroup(site, args, "execution", executionName)];
  if (settings.accountLogging === "create") logs.push(accountLogging(site));
  const routeSettings = (throttling: Throttling): aws.types.input.apigatewayv2.StageDefaultRouteSettings => ({
    loggingLevel: settings.executionLogs === "errors" ? "ERROR" : "INFO",
    // Never what clients say.
    dataTraceEnabled: false,
    detailedMetricsEnabled: true,
    throttlingRateLimit: throttling.messagesPerSecond,
    throttlingBurstLimit: throttling.burst,
  });
  const stageArgs: aws.apigatewayv2.StageArgs = {
    apiId: api.id,
    name: stageName,
    autoDeploy: true,
    accessLogSettings: { destinationArn: accessLog.arn, format: ACCESS_LOG },
    defaultRouteSettings: routeSettings(settings.throttling),
    routeSettings: Object.entries(args.routes ?? {}).flatMap(([routeKey, { throttling }]) =>
      throttling ? [{ routeKey, ...routeSettings(throttling) }] : [],
    ),
  };
  const stage = new aws.apigatewayv2.Stage(
    `${name}-stage`,
    args.transform?.stage?.(stageArgs) ?? stageArgs,
    options({ dependsOn: [...routes, ...logs] }),
  );
  return { stage, accessLog };
}

function logGroup(
  { name, child }: RouteSite,
  { key, logRetentionDays }: WebSocketApiArgs,
  role: string,
  groupName: pulumi.Output<string> | undefined,
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    `${name}-${role}-logs`,
    {
      name: groupName,
      retentionInDays: logRetentionDays ?? 90,
      kmsKeyId: key.keyArn,
    },
    child(),
  );
}

/** The role through which API Gateway writes the logs of all APIs of the region. */
function accountLogging({ scope, name, aws: { partition }, child }: RouteSite): aws.apigateway.Account {
  const { role } = serviceRole(scope, "account-logs", {
    service: "apigateway.amazonaws.com",
    description: "Lets API Gateway write the logs of this region's APIs",
    statements: [],
    // API Gateway looks for what this policy grants before it takes the role:
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    managedPolicies: [
      pulumi.interpolate`arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
    ],
  });
  return new aws.apigateway.Account(`${name}-account`, { cloudwatchRoleArn: role.arn }, child());
}

/** A domain of the API's own: where clients connect, and what DNS must say. */
export function domainOf(
  { name, api, child }: RouteSite,
  domain: WebSocketDomain,
  stage: aws.apigatewayv2.Stage,
): Readonly<Record<"url" | "target" | "zoneId", pulumi.Output<string>>> {
  const one = new aws.apigatewayv2.DomainName(
    `${name}-domain`,
    {
      domainName: domain.name,
      domainNameConfiguration: {
        certificateArn: domain.certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
    },
    child(),
  );
  new aws.apigatewayv2.ApiMapping(
    `${name}-mapping`,
    { apiId: api.id, domainName: one.id, stage: stage.id, apiMappingKey: domain.path },
    child(),
  );
  return {
    url: pulumi.interpolate`wss://${one.domainName}${domain.path === undefined ? "" : `/${domain.path}`}`,
    target: one.domainNameConfiguration.targetDomainName,
    zoneId: one.domainNameConfiguration.hostedZoneId,
  };
}
