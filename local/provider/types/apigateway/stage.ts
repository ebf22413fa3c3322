import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from "@aws-sdk/client-api-gateway";
import * as v2 from "@aws-sdk/client-apigatewayv2";
import type { AccountArgs } from "@pulumi/aws/apigateway";
import type { ApiMappingArgs, DomainNameArgs, StageArgs } from "@pulumi/aws/apigatewayv2";
import { InvalidRequest } from "../../clients";
import { define, found, type Context, type Inputs, type Props } from "../../handler";
import { fromApi, retag, toApi } from "../../shape";
import { apiEndpoint, controlArn, executionArn, gateway } from "./common";

export const stage = define<StageArgs>({
  type: "aws:apigatewayv2/stage:Stage",
  outputs: ["arn", "executionArn", "invokeUrl"],
  changing: ["deploymentId"],
  replaceOn: ["apiId", "name"],
  keeps: ["name", "deploymentId"],
  defaults: { defaultRouteSettings: { loggingLevel: "OFF" } },
  unordered: ["routeSettings"],
  refuses: { clientCertificateId: "the local cloud has no client certificates" },
  autoname: { property: "name", maxLength: 128 },
  taggable: true,
  async create(ctx, inputs) {
    const { ProtocolType } = await gateway(ctx).send(new v2.GetApiCommand({ ApiId: inputs.apiId }));
    if (ProtocolType === "WEBSOCKET" && inputs.name === "$default")
      throw new InvalidRequest("Invalid stage name: $default is for HTTP APIs only");
    await requireLogging(ctx, inputs);
    await gateway(ctx).send(
      new v2.CreateStageCommand({
        ...stageSettings(inputs),
        ApiId: inputs.apiId,
        StageName: inputs.name,
        Tags: inputs.tags,
      }),
    );
    return inputs.name ?? "";
  },
  async read(ctx, StageName, { apiId = "" }) {
    const answer = await gateway(ctx).send(new v2.GetStageCommand({ ApiId: apiId, StageName }));
    const { ProtocolType } = await gateway(ctx).send(new v2.GetApiCommand({ ApiId: apiId }));
    const { DefaultRouteSettings = {}, RouteSettings = {}, AccessLogSettings = {} } = answer;
    const arn = controlArn(ctx, `/apis/${apiId}/stages/${StageName}`);
    const { Tags } = (await found(gateway(ctx).send(new v2.GetTagsCommand({ ResourceArn: arn })))) ?? {};
    return {
      apiId,
      name: StageName,
      autoDeploy: answer.AutoDeploy,
      description: answer.Description,
      deploymentId: answer.DeploymentId,
      accessLogSettings: AccessLogSettings.DestinationArn ? fromApi(AccessLogSettings) : undefined,
      defaultRouteSettings: fromApi(DefaultRouteSettings),
      routeSettings: Object.entries(RouteSettings).map(([routeKey, one]) => ({ routeKey, ...fromApi(one) })),
      stageVariables: answer.StageVariables,
      tags: Tags ?? {},
      arn,
      executionArn: `${executionArn(ctx, apiId)}/${StageName}`,
      invokeUrl: `${await apiEndpoint(ctx, apiId, ProtocolType)}/${StageName}`,
    };
  },
  async update(ctx, StageName, olds, news) {
    await requireLogging(ctx, news);
    await gateway(ctx).send(new v2.UpdateStageCommand({ ...stageSettings(news), ApiId: news.apiId, StageName }));
    const ResourceArn = String(olds.arn);
    await retag(
      olds,
      news,
      (TagKeys) => gateway(ctx).send(new v2.UntagResourceCommand({ ResourceArn, TagKeys })),
      (Tags) => gateway(ctx).send(new v2.TagResourceCommand({ ResourceArn, Tags })),
    );
  },
  async delete(ctx, StageName, { apiId }) {
    await gateway(ctx).send(new v2.DeleteStageCommand({ ApiId: apiId, StageName }));
  },
});

const stageSettings = (inputs: Inputs<StageArgs>): Omit<v2.UpdateStageCommandInput, "ApiId" | "StageName"> => ({
  AutoDeploy: inputs.autoDeploy ?? false,
  Description: inputs.description ?? "",
  DeploymentId: inputs.deploymentId,
  AccessLogSettings: inputs.accessLogSettings
    ? { DestinationArn: inputs.accessLogSettings.destinationArn, Format: inputs.accessLogSettings.format }
    : undefined,
  DefaultRouteSettings: inputs.defaultRouteSettings && toApi<v2.RouteSettings>(inputs.defaultRouteSettings),
  RouteSettings: Object.fromEntries(
    (inputs.routeSettings ?? []).map(({ routeKey, ...one }) => [routeKey, toApi<v2.RouteSettings>(one)]),
  ),
  StageVariables: inputs.stageVariables ?? {},
});

/** AWS's own words: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
async function requireLogging(ctx: Context, inputs: Inputs<StageArgs>): Promise<void> {
  const levels = [inputs.defaultRouteSettings, ...(inputs.routeSettings ?? [])].map((one) => one?.loggingLevel);
  if (levels.every((level) => level === undefined || level === "OFF")) return;
  const { cloudwatchRoleArn } = await ctx.client(APIGatewayClient).send(new GetAccountCommand({}));
  if (!cloudwatchRoleArn)
    throw new InvalidRequest("CloudWatch Logs role ARN must be set in account settings to enable logging");
}

/** One of a region: creating it sets it, deleting it takes the role away again. */
export const account = define<AccountArgs>({
  type: "aws:apigateway/account:Account",
  outputs: ["apiKeyVersion", "features", "throttleSettings"],
  keeps: ["cloudwatchRoleArn"],
  replaceOn: [],
  async create(ctx, inputs) {
    await setRole(ctx, inputs.cloudwatchRoleArn);
    return "api-gateway-account";
  },
  async read(ctx) {
    const settings = await ctx.client(APIGatewayClient).send(new GetAccountCommand({}));
    return {
      cloudwatchRoleArn: settings.cloudwatchRoleArn,
      apiKeyVersion: settings.apiKeyVersion,
      features: settings.features,
      throttleSettings: settings.throttleSettings && [
        { burstLimit: settings.throttleSettings.burstLimit, rateLimit: settings.throttleSettings.rateLimit },
      ],
    };
  },
  update: (ctx, _id, _olds, news) => setRole(ctx, news.cloudwatchRoleArn),
  delete: (ctx) => setRole(ctx, ""),
});

async function setRole(ctx: Context, value: string | undefined): Promise<void> {
  await ctx.client(APIGatewayClient).send(
    new UpdateAccountCommand({
      patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value: value ?? "" }],
    }),
  );
}

export const domainName = define<DomainNameArgs>({
  type: "aws:apigatewayv2/domainName:DomainName",
  outputs: ["apiMappingSelectionExpression", "arn"],
  replaceOn: ["domainName"],
  keeps: ["routingMode"],
  taggable: true,
  async create(ctx, inputs) {
    await gateway(ctx).send(
      new v2.CreateDomainNameCommand({ ...domainSettings(inputs), DomainName: inputs.domainName, Tags: inputs.tags }),
    );
    return inputs.domainName;
  },
  async read(ctx, DomainName) {
    const answer = await gateway(ctx).send(new v2.GetDomainNameCommand({ DomainName }));
    const [configuration = {}] = answer.DomainNameConfigurations ?? [];
    const { ApiGatewayDomainName, CertificateArn, EndpointType, HostedZoneId, IpAddressType, SecurityPolicy } =
      configuration;
    return {
      domainName: answer.DomainName,
      apiMappingSelectionExpression: answer.ApiMappingSelectionExpression,
      arn: controlArn(ctx, `/domainnames/${DomainName}`),
      domainNameConfiguration: {
        certificateArn: CertificateArn,
        endpointType: EndpointType,
        hostedZoneId: HostedZoneId,
        ipAddressType: IpAddressType,
        ownershipVerificationCertificateArn: configuration.OwnershipVerificationCertificateArn,
        securityPolicy: SecurityPolicy,
        targetDomainName: ApiGatewayDomainName,
      },
      mutualTlsAuthentication: answer.MutualTlsAuthentication?.TruststoreUri
        ? fromApi(answer.MutualTlsAuthentication)
        : undefined,
      routingMode: answer.RoutingMode,
      tags: answer.Tags ?? {},
    };
  },
  async update(ctx, DomainName, olds, news) {
    await gateway(ctx).send(new v2.UpdateDomainNameCommand({ ...domainSettings(news), DomainName }));
    const ResourceArn = String(olds.arn);
    await retag(
      olds,
      news,
      (TagKeys) => gateway(ctx).send(new v2.UntagResourceCommand({ ResourceArn, TagKeys })),
      (Tags) => gateway(ctx).send(new v2.TagResourceCommand({ ResourceArn, Tags })),
    );
  },
  async delete(ctx, DomainName) {
    await gateway(ctx).send(new v2.DeleteDomainNameCommand({ DomainName }));
  },
});

const domainSettings = (inputs: Inputs<DomainNameArgs>): Omit<v2.UpdateDomainNameCommandInput, "DomainName"> => {
  const { hostedZoneId: _zone, targetDomainName: _target, ...configuration } = inputs.domainNameConfiguration;
  return {
    DomainNameConfigurations: [toApi<v2.DomainNameConfiguration>(configuration)],
    MutualTlsAuthentication:
      inputs.mutualTlsAuthentication && toApi<v2.MutualTlsAuthenticationInput>(inputs.mutualTlsAuthentication),
    RoutingMode: inputs.routingMode as v2.RoutingMode | undefined,
  };
};

export const apiMapping = define<ApiMappingArgs>({
  type: "aws:apigatewayv2/apiMapping:ApiMapping",
  outputs: [],
  replaceOn: ["domainName"],
  async create(ctx, inputs) {
    const { ApiMappingId = "" } = await gateway(ctx).send(new v2.CreateApiMappingCommand(mapping(inputs)));
    return ApiMappingId;
  },
  async read(ctx, ApiMappingId, { domainName }): Promise<Props> {
    const answer = await gateway(ctx).send(new v2.GetApiMappingCommand({ DomainName: domainName, ApiMappingId }));
    return { domainName, apiId: answer.ApiId, stage: answer.Stage, apiMappingKey: answer.ApiMappingKey };
  },
  async update(ctx, ApiMappingId, _olds, news) {
    await gateway(ctx).send(new v2.UpdateApiMappingCommand({ ...mapping(news), ApiMappingId }));
  },
  async delete(ctx, ApiMappingId, { domainName }) {
    await gateway(ctx).send(new v2.DeleteApiMappingCommand({ DomainName: domainName, ApiMappingId }));
  },
});

const mapping = (inputs: Inputs<ApiMappingArgs>): v2.CreateApiMappingCommandInput => ({
  ApiId: inputs.apiId,
  DomainName: inputs.domainName,
  Stage: inputs.stage,
  ApiMappingKey: inputs.apiMappingKey ?? "",
});
