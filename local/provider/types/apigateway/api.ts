import * as v2 from "@aws-sdk/client-apigatewayv2";
import type { ApiArgs, AuthorizerArgs, DeploymentArgs, ModelArgs } from "@pulumi/aws/apigatewayv2";
import { define, type Context, type Inputs, type Props } from "../../handler";
import { documentText, fromApi, retag, toApi } from "../../shape";
import { apiEndpoint, controlArn, executionArn, gateway } from "./common";

const quick = "the local cloud has no quick create: give an integration and a route";

export const api = define<ApiArgs>({
  type: "aws:apigatewayv2/api:Api",
  outputs: ["apiEndpoint", "arn", "executionArn"],
  replaceOn: ["protocolType"],
  keeps: ["name", "apiKeySelectionExpression", "ipAddressType", "routeSelectionExpression"],
  settings: ["failOnWarnings"],
  refuses: {
    body: "the local cloud reads no OpenAPI documents: give routes and integrations",
    credentialsArn: quick,
    routeKey: quick,
    target: quick,
  },
  autoname: { property: "name", maxLength: 128 },
  taggable: true,
  check: ({ protocolType, routeSelectionExpression }) =>
    protocolType === "WEBSOCKET" && routeSelectionExpression === undefined
      ? [{ property: "routeSelectionExpression", reason: "is required where protocolType is WEBSOCKET" }]
      : [],
  async create(ctx, inputs) {
    const { ApiId = "" } = await gateway(ctx).send(
      new v2.CreateApiCommand({
        ...settings(inputs),
        Name: inputs.name,
        ProtocolType: inputs.protocolType as v2.ProtocolType,
        Tags: inputs.tags,
      }),
    );
    return ApiId;
  },
  async read(ctx, ApiId) {
    const found = await gateway(ctx).send(new v2.GetApiCommand({ ApiId }));
    const arn = controlArn(ctx, `/apis/${ApiId}`);
    const { Tags } = await gateway(ctx).send(new v2.GetTagsCommand({ ResourceArn: arn }));
    return {
      name: found.Name,
      protocolType: found.ProtocolType,
      description: found.Description,
      routeSelectionExpression: found.RouteSelectionExpression,
      apiKeySelectionExpression: found.ApiKeySelectionExpression,
      disableExecuteApiEndpoint: found.DisableExecuteApiEndpoint,
      version: found.Version,
      corsConfiguration: found.CorsConfiguration && fromApi(found.CorsConfiguration),
      tags: Tags ?? {},
      arn,
      apiEndpoint: await apiEndpoint(ctx, ApiId, found.ProtocolType),
      executionArn: executionArn(ctx, ApiId),
    };
  },
  async update(ctx, ApiId, olds, news, changed) {
    if (changed.has("corsConfiguration") && !news.corsConfiguration)
      await gateway(ctx).send(new v2.DeleteCorsConfigurationCommand({ ApiId }));
    await gateway(ctx).send(new v2.UpdateApiCommand({ ...settings(news), Name: news.name, ApiId }));
    const ResourceArn = controlArn(ctx, `/apis/${ApiId}`);
    await retag(
      olds,
      news,
      (TagKeys) => gateway(ctx).send(new v2.UntagResourceCommand({ ResourceArn, TagKeys })),
      (Tags) => gateway(ctx).send(new v2.TagResourceCommand({ ResourceArn, Tags })),
    );
  },
  async delete(ctx, ApiId) {
    await gateway(ctx).send(new v2.DeleteApiCommand({ ApiId }));
  },
});

const settings = (inputs: Inputs<ApiArgs>): Omit<v2.UpdateApiCommandInput, "ApiId"> => ({
  Description: inputs.description ?? "",
  RouteSelectionExpression: inputs.routeSelectionExpression,
  ApiKeySelectionExpression: inputs.apiKeySelectionExpression,
  CorsConfiguration: inputs.corsConfiguration && toApi(inputs.corsConfiguration),
  DisableExecuteApiEndpoint: inputs.disableExecuteApiEndpoint ?? false,
  IpAddressType: inputs.ipAddressType as v2.IpAddressType | undefined,
  Version: inputs.version,
});

export const authorizer = define<AuthorizerArgs>({
  type: "aws:apigatewayv2/authorizer:Authorizer",
  outputs: [],
  replaceOn: ["apiId", "authorizerType"],
  // What it answers to later questions where the program said nothing.
  keeps: ["name", "authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "identitySources"],
  autoname: { property: "name", maxLength: 128 },
  async create(ctx, inputs) {
    const { AuthorizerId = "" } = await gateway(ctx).send(
      new v2.CreateAuthorizerCommand({
        ...authorizerSettings(inputs),
        ApiId: inputs.apiId,
        Name: inputs.name,
        AuthorizerType: inputs.authorizerType as v2.AuthorizerType,
        IdentitySource: inputs.identitySources ?? [],
      }),
    );
    return AuthorizerId;
  },
  async read(ctx, AuthorizerId, { apiId }) {
    const found = await gateway(ctx).send(new v2.GetAuthorizerCommand({ ApiId: apiId, AuthorizerId }));
    return {
      apiId,
      name: found.Name,
      authorizerType: found.AuthorizerType,
      authorizerUri: found.AuthorizerUri,
      identitySources: found.IdentitySource,
      authorizerCredentialsArn: found.AuthorizerCredentialsArn,
      enableSimpleResponses: found.EnableSimpleResponses,
      authorizerPayloadFormatVersion: found.AuthorizerPayloadFormatVersion,
      authorizerResultTtlInSeconds: found.AuthorizerResultTtlInSeconds,
      jwtConfiguration: found.JwtConfiguration && fromApi(found.JwtConfiguration),
    };
  },
  async update(ctx, AuthorizerId, _olds, news) {
    await gateway(ctx).send(
      new v2.UpdateAuthorizerCommand({
        ...authorizerSettings(news),
        ApiId: news.apiId,
        AuthorizerId,
        Name: news.name,
        IdentitySource: news.identitySources,
      }),
    );
  },
  async delete(ctx, AuthorizerId, { apiId }) {
    await gateway(ctx).send(new v2.DeleteAuthorizerCommand({ ApiId: apiId, AuthorizerId }));
  },
});

const authorizerSettings = (
  inputs: Inputs<AuthorizerArgs>,
): Omit<v2.UpdateAuthorizerCommandInput, "ApiId" | "AuthorizerId"> => ({
  AuthorizerUri: inputs.authorizerUri,
  AuthorizerCredentialsArn: inputs.authorizerCredentialsArn,
  AuthorizerPayloadFormatVersion: inputs.authorizerPayloadFormatVersion,
  AuthorizerResultTtlInSeconds: inputs.authorizerResultTtlInSeconds,
  EnableSimpleResponses: inputs.enableSimpleResponses,
  JwtConfiguration: inputs.jwtConfiguration && toApi(inputs.jwtConfiguration),
});

export const deployment = define<DeploymentArgs>({
  type: "aws:apigatewayv2/deployment:Deployment",
  outputs: ["autoDeployed"],
  replaceOn: ["apiId", "triggers"],
  async create(ctx, { apiId, description }) {
    const { DeploymentId = "" } = await gateway(ctx).send(
      new v2.CreateDeploymentCommand({ ApiId: apiId, Description: description }),
    );
    return DeploymentId;
  },
  async read(ctx, DeploymentId, { apiId }) {
    const found = await gateway(ctx).send(new v2.GetDeploymentCommand({ ApiId: apiId, DeploymentId }));
    return { apiId, description: found.Description, autoDeployed: found.AutoDeployed ?? false };
  },
  async delete(ctx, DeploymentId, { apiId }) {
    await gateway(ctx).send(new v2.DeleteDeploymentCommand({ ApiId: apiId, DeploymentId }));
  },
});

/** MiniStack has no models: messages are not held against them. */
export const model = define<ModelArgs>({
  type: "aws:apigatewayv2/model:Model",
  outputs: [],
  replaceOn: ["apiId"],
  documents: ["schema"],
  autoname: { property: "name", maxLength: 128, transform: (name) => name.replace(/[^A-Za-z0-9]/g, "") },
  check: ({ name }) =>
    typeof name === "string" && !/^[A-Za-z0-9]+$/.test(name)
      ? [{ property: "name", reason: `is "${name}": letters and digits only` }]
      : [],
  async create(ctx, inputs) {
    ctx.record(v2.ApiGatewayV2Client, new v2.CreateModelCommand(modelRequest(inputs)));
    return `${inputs.apiId}/${inputs.name}`;
  },
  read: (ctx, _id, { apiId }) => ofExistingApi(ctx, apiId),
  async update(ctx, _id, _olds, news) {
    ctx.record(v2.ApiGatewayV2Client, new v2.CreateModelCommand(modelRequest(news)));
  },
  async delete() {},
});

const modelRequest = (inputs: Inputs<ModelArgs>): v2.CreateModelCommandInput => ({
  ApiId: inputs.apiId,
  Name: inputs.name,
  ContentType: inputs.contentType,
  Description: inputs.description,
  Schema: documentText(inputs.schema),
});

/** What is recorded only goes with its API. */
async function ofExistingApi(ctx: Context, ApiId: string | undefined): Promise<Props> {
  if (ApiId) await gateway(ctx).send(new v2.GetApiCommand({ ApiId }));
  return {};
}
