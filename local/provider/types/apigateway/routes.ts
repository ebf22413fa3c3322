import * as v2 from "@aws-sdk/client-apigatewayv2";
import type { IntegrationArgs, IntegrationResponseArgs, RouteArgs, RouteResponseArgs } from "@pulumi/aws/apigatewayv2";
import { define, type Context, type Inputs } from "../../handler";
import { gateway } from "./common";

export const route = define<RouteArgs>({
  type: "aws:apigatewayv2/route:Route",
  outputs: [],
  replaceOn: ["apiId"],
  defaults: { authorizationType: "NONE" },
  unordered: ["authorizationScopes"],
  async create(ctx, inputs) {
    await requireNewKey(ctx, inputs.apiId, inputs.routeKey);
    const { RouteId = "" } = await gateway(ctx).send(
      new v2.CreateRouteCommand({ ...routeSettings(inputs), ApiId: inputs.apiId, RouteKey: inputs.routeKey }),
    );
    return RouteId;
  },
  async read(ctx, RouteId, { apiId }) {
    const found = await gateway(ctx).send(new v2.GetRouteCommand({ ApiId: apiId, RouteId }));
    return {
      apiId,
      routeKey: found.RouteKey,
      target: found.Target,
      authorizationType: found.AuthorizationType,
      authorizerId: found.AuthorizerId,
      authorizationScopes: found.AuthorizationScopes,
      apiKeyRequired: found.ApiKeyRequired,
      operationName: found.OperationName,
      modelSelectionExpression: found.ModelSelectionExpression,
      requestModels: found.RequestModels,
      requestParameters:
        found.RequestParameters &&
        Object.entries(found.RequestParameters).map(([requestParameterKey, one]) => ({
          requestParameterKey,
          required: one.Required,
        })),
      routeResponseSelectionExpression: found.RouteResponseSelectionExpression,
    };
  },
  async update(ctx, RouteId, _olds, news) {
    await gateway(ctx).send(
      new v2.UpdateRouteCommand({ ...routeSettings(news), ApiId: news.apiId, RouteKey: news.routeKey, RouteId }),
    );
  },
  async delete(ctx, RouteId, { apiId }) {
    await gateway(ctx).send(new v2.DeleteRouteCommand({ ApiId: apiId, RouteId }));
  },
});

/** MiniStack would keep both, and take the first. */
async function requireNewKey(ctx: Context, ApiId: string, routeKey: string): Promise<void> {
  for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
    const page: v2.GetRoutesCommandOutput = await gateway(ctx).send(new v2.GetRoutesCommand({ ApiId, NextToken }));
    if (page.Items?.some(({ RouteKey }) => RouteKey === routeKey))
      throw new Error(`ConflictException: Route with key ${routeKey} already exists for this API`);
    NextToken = page.NextToken;
  }
}

/** All there is, so that an update takes away what is not set any more. */
const routeSettings = (inputs: Inputs<RouteArgs>): Omit<v2.UpdateRouteCommandInput, "ApiId" | "RouteId"> => ({
  Target: inputs.target,
  AuthorizationType: (inputs.authorizationType ?? "NONE") as v2.AuthorizationType,
  AuthorizerId: inputs.authorizerId ?? "",
  AuthorizationScopes: inputs.authorizationScopes ?? [],
  ApiKeyRequired: inputs.apiKeyRequired ?? false,
  OperationName: inputs.operationName ?? "",
  ModelSelectionExpression: inputs.modelSelectionExpression ?? "",
  RequestModels: inputs.requestModels ?? {},
  RequestParameters: Object.fromEntries(
    (inputs.requestParameters ?? []).map(({ requestParameterKey, required }) => [
      requestParameterKey,
      { Required: required },
    ]),
  ),
  RouteResponseSelectionExpression: inputs.routeResponseSelectionExpression ?? "",
});

export const routeResponse = define<RouteResponseArgs>({
  type: "aws:apigatewayv2/routeResponse:RouteResponse",
  outputs: [],
  replaceOn: ["apiId", "routeId"],
  async create(ctx, inputs) {
    const { RouteResponseId = "" } = await gateway(ctx).send(
      new v2.CreateRouteResponseCommand({
        ApiId: inputs.apiId,
        RouteId: inputs.routeId,
        RouteResponseKey: inputs.routeResponseKey,
        ModelSelectionExpression: inputs.modelSelectionExpression,
        ResponseModels: inputs.responseModels,
      }),
    );
    return RouteResponseId;
  },
  async read(ctx, RouteResponseId, { apiId, routeId }) {
    const found = await gateway(ctx).send(
      new v2.GetRouteResponseCommand({ ApiId: apiId, RouteId: routeId, RouteResponseId }),
    );
    return {
      apiId,
      routeId,
      routeResponseKey: found.RouteResponseKey,
      modelSelectionExpression: found.ModelSelectionExpression,
      responseModels: found.ResponseModels,
    };
  },
  async update(ctx, RouteResponseId, _olds, news) {
    await gateway(ctx).send(
      new v2.UpdateRouteResponseCommand({
        ApiId: news.apiId,
        RouteId: news.routeId,
        RouteResponseId,
        RouteResponseKey: news.routeResponseKey,
        ModelSelectionExpression: news.modelSelectionExpression ?? "",
        ResponseModels: news.responseModels ?? {},
      }),
    );
  },
  async delete(ctx, RouteResponseId, { apiId, routeId }) {
    await gateway(ctx).send(new v2.DeleteRouteResponseCommand({ ApiId: apiId, RouteId: routeId, RouteResponseId }));
  },
});

export const integration = define<IntegrationArgs>({
  type: "aws:apigatewayv2/integration:Integration",
  outputs: ["integrationResponseSelectionExpression"],
  replaceOn: ["apiId", "integrationType"],
  // MiniStack keeps neither of the last three.
  keeps: [
    "connectionType",
    "integrationMethod",
    "payloadFormatVersion",
    "timeoutMilliseconds",
    "passthroughBehavior",
    "templateSelectionExpression",
    "credentialsArn",
  ],
  refuses: {
    connectionId: "the local cloud has no networks",
    integrationSubtype: "the local cloud calls functions only",
    tlsConfig: "the local cloud has no networks",
  },
  async create(ctx, inputs) {
    const { IntegrationId = "" } = await gateway(ctx).send(
      new v2.CreateIntegrationCommand({
        ...integrationSettings(inputs),
        ApiId: inputs.apiId,
        IntegrationType: inputs.integrationType as v2.IntegrationType,
      }),
    );
    return IntegrationId;
  },
  async read(ctx, IntegrationId, { apiId }) {
    const found = await gateway(ctx).send(new v2.GetIntegrationCommand({ ApiId: apiId, IntegrationId }));
    return {
      apiId,
      integrationType: found.IntegrationType,
      integrationUri: found.IntegrationUri,
      integrationMethod: found.IntegrationMethod,
      connectionType: found.ConnectionType,
      description: found.Description,
      payloadFormatVersion: found.PayloadFormatVersion,
      contentHandlingStrategy: found.ContentHandlingStrategy,
      timeoutMilliseconds: found.TimeoutInMillis,
      requestParameters: found.RequestParameters,
      requestTemplates: found.RequestTemplates,
      integrationResponseSelectionExpression: "${integration.response.statuscode}",
    };
  },
  async update(ctx, IntegrationId, _olds, news) {
    await gateway(ctx).send(
      new v2.UpdateIntegrationCommand({ ...integrationSettings(news), ApiId: news.apiId, IntegrationId }),
    );
  },
  async delete(ctx, IntegrationId, { apiId }) {
    await gateway(ctx).send(new v2.DeleteIntegrationCommand({ ApiId: apiId, IntegrationId }));
  },
});

const integrationSettings = (
  inputs: Inputs<IntegrationArgs>,
): Omit<v2.UpdateIntegrationCommandInput, "ApiId" | "IntegrationId"> => ({
  IntegrationUri: inputs.integrationUri,
  IntegrationMethod: inputs.integrationMethod,
  ConnectionType: inputs.connectionType as v2.ConnectionType | undefined,
  ContentHandlingStrategy: inputs.contentHandlingStrategy as v2.ContentHandlingStrategy | undefined,
  CredentialsArn: inputs.credentialsArn,
  Description: inputs.description ?? "",
  PassthroughBehavior: inputs.passthroughBehavior as v2.PassthroughBehavior | undefined,
  PayloadFormatVersion: inputs.payloadFormatVersion,
  RequestParameters: inputs.requestParameters ?? {},
  RequestTemplates: inputs.requestTemplates ?? {},
  TemplateSelectionExpression: inputs.templateSelectionExpression,
  TimeoutInMillis: inputs.timeoutMilliseconds,
});

export const integrationResponse = define<IntegrationResponseArgs>({
  type: "aws:apigatewayv2/integrationResponse:IntegrationResponse",
  outputs: [],
  replaceOn: ["apiId", "integrationId"],
  async create(ctx, inputs) {
    const { IntegrationResponseId = "" } = await gateway(ctx).send(
      new v2.CreateIntegrationResponseCommand({
        ...responseSettings(inputs),
        ApiId: inputs.apiId,
        IntegrationId: inputs.integrationId,
        IntegrationResponseKey: inputs.integrationResponseKey,
      }),
    );
    return IntegrationResponseId;
  },
  async read(ctx, IntegrationResponseId, { apiId, integrationId }) {
    const found = await gateway(ctx).send(
      new v2.GetIntegrationResponseCommand({ ApiId: apiId, IntegrationId: integrationId, IntegrationResponseId }),
    );
    return {
      apiId,
      integrationId,
      integrationResponseKey: found.IntegrationResponseKey,
      contentHandlingStrategy: found.ContentHandlingStrategy,
      responseTemplates: found.ResponseTemplates,
      templateSelectionExpression: found.TemplateSelectionExpression,
    };
  },
  async update(ctx, IntegrationResponseId, _olds, news) {
    await gateway(ctx).send(
      new v2.UpdateIntegrationResponseCommand({
        ...responseSettings(news),
        ApiId: news.apiId,
        IntegrationId: news.integrationId,
        IntegrationResponseKey: news.integrationResponseKey,
        IntegrationResponseId,
      }),
    );
  },
  async delete(ctx, IntegrationResponseId, { apiId, integrationId }) {
    await gateway(ctx).send(
      new v2.DeleteIntegrationResponseCommand({ ApiId: apiId, IntegrationId: integrationId, IntegrationResponseId }),
    );
  },
});

const responseSettings = (
  inputs: Inputs<IntegrationResponseArgs>,
): Pick<
  v2.CreateIntegrationResponseRequest,
  "ContentHandlingStrategy" | "ResponseTemplates" | "TemplateSelectionExpression"
> => ({
  ContentHandlingStrategy: inputs.contentHandlingStrategy as v2.ContentHandlingStrategy | undefined,
  ResponseTemplates: inputs.responseTemplates ?? {},
  TemplateSelectionExpression: inputs.templateSelectionExpression,
});
