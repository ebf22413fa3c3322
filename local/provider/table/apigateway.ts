import type { Read, Row } from "../generic/row";
import type { Props } from "../handler";
import { apiEndpoint, controlArn, executionArn, withNewKey, withLoggingRole } from "../types/apigateway";

const SERVICE = "ApiGatewayV2";
const QUICK = "the local cloud has no quick create: give an integration and a route";

/** API Gateway answers with the resource itself, not with a structure around it. */
const reading = (operation: string): Read => ({ operation, item: "." });

const setRole = (value: unknown): Props => ({
  patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value: value ?? "" }],
});

export const APIGATEWAY: readonly Row[] = [
  {
    // Each region has one: creating it sets the role, and deleting it removes the role.
    type: "aws:apigateway/account:Account",
    service: "APIGateway",
    create: { operation: "UpdateAccount", with: ({ cloudwatchRoleArn }) => setRole(cloudwatchRoleArn) },
    id: "{accountId}",
    read: reading("GetAccount"),
    update: [
      {
        operation: "UpdateAccount",
        for: ["cloudwatchRoleArn"],
        with: ({ cloudwatchRoleArn }) => setRole(cloudwatchRoleArn),
      },
    ],
    delete: { operation: "UpdateAccount", with: setRole("") },
    unsent: ["cloudwatchRoleArn"],
    computed: ({ item }) => ({ throttleSettings: item.throttleSettings && [item.throttleSettings] }),
    keeps: ["cloudwatchRoleArn"],
  },
  {
    type: "aws:apigatewayv2/api:Api",
    service: SERVICE,
    create: "CreateApi",
    id: "ApiId",
    read: reading("GetApi"),
    update: ["UpdateApi", { operation: "UpdateApi", off: "DeleteCorsConfiguration", for: ["corsConfiguration"] }],
    delete: "DeleteApi",
    computed: async ({ ctx, id }) => ({
      arn: controlArn(ctx, `/apis/${id}`),
      apiEndpoint: await apiEndpoint(ctx, id),
      executionArn: executionArn(ctx, id),
    }),
    replaceOn: ["protocolType"],
    unset: { description: "", disableExecuteApiEndpoint: false },
    keeps: ["name", "apiKeySelectionExpression", "ipAddressType", "routeSelectionExpression"],
    settings: ["failOnWarnings"],
    refuses: {
      body: "the local cloud reads no OpenAPI documents: give routes and integrations",
      credentialsArn: QUICK,
      routeKey: QUICK,
      target: QUICK,
    },
    autoname: { property: "name", maxLength: 128 },
    check: ({ protocolType, routeSelectionExpression }) =>
      protocolType === "WEBSOCKET" && routeSelectionExpression === undefined
        ? [{ property: "routeSelectionExpression", reason: "is required where protocolType is WEBSOCKET" }]
        : [],
  },
  {
    type: "aws:apigatewayv2/apiMapping:ApiMapping",
    service: SERVICE,
    create: "CreateApiMapping",
    id: "ApiMappingId",
    read: reading("GetApiMapping"),
    update: ["UpdateApiMapping"],
    delete: "DeleteApiMapping",
    replaceOn: ["domainName"],
    unset: { apiMappingKey: "" },
  },
  {
    type: "aws:apigatewayv2/authorizer:Authorizer",
    service: SERVICE,
    create: "CreateAuthorizer",
    id: "AuthorizerId",
    read: reading("GetAuthorizer"),
    update: ["UpdateAuthorizer"],
    delete: "DeleteAuthorizer",
    sends: { identitySources: [] },
    replaceOn: ["apiId", "authorizerType"],
    // What AWS says of them where the program says nothing.
    keeps: ["name", "authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "identitySources"],
    autoname: { property: "name", maxLength: 128 },
  },
  {
    type: "aws:apigatewayv2/domainName:DomainName",
    service: SERVICE,
    create: "CreateDomainName",
    id: "{domainName}",
    names: { "domainNameConfiguration.targetDomainName": "ApiGatewayDomainName" },
    read: reading("GetDomainName"),
    update: ["UpdateDomainName"],
    delete: "DeleteDomainName",
    computed: ({ ctx, id }) => ({ arn: controlArn(ctx, `/domainnames/${id}`) }),
    replaceOn: ["domainName"],
    keeps: ["routingMode"],
    cleared: ["mutualTlsAuthentication"],
  },
  {
    type: "aws:apigatewayv2/integration:Integration",
    service: SERVICE,
    create: "CreateIntegration",
    id: "IntegrationId",
    names: { timeoutMilliseconds: "TimeoutInMillis" },
    read: reading("GetIntegration"),
    update: ["UpdateIntegration"],
    delete: "DeleteIntegration",
    computed: () => ({ integrationResponseSelectionExpression: "${integration.response.statuscode}" }),
    replaceOn: ["apiId", "integrationType"],
    unset: { description: "", requestParameters: {}, requestTemplates: {} },
    keeps: ["connectionType", "integrationMethod", "payloadFormatVersion", "timeoutMilliseconds"],
    // MiniStack keeps none of them.
    forgotten: ["passthroughBehavior", "templateSelectionExpression", "credentialsArn"],
    refuses: {
      connectionId: "the local cloud has no networks",
      integrationSubtype: "the local cloud calls functions only",
      tlsConfig: "the local cloud has no networks",
    },
  },
  {
    // MiniStack has no models: messages are not checked against them.
    type: "aws:apigatewayv2/model:Model",
    service: SERVICE,
    create: "CreateModel",
    id: "ModelId",
    update: ["UpdateModel"],
    delete: "DeleteModel",
    recorded: ({ hex }) => ({ id: hex(10) }),
    replaceOn: ["apiId"],
    documents: ["schema"],
    autoname: { property: "name", maxLength: 128, transform: (name) => name.replace(/[^A-Za-z0-9]/g, "") },
    check: ({ name }) =>
      typeof name === "string" && !/^[A-Za-z0-9]+$/.test(name)
        ? [{ property: "name", reason: `is "${name}": letters and digits only` }]
        : [],
  },
  {
    type: "aws:apigatewayv2/route:Route",
    service: SERVICE,
    create: "CreateRoute",
    id: "RouteId",
    read: reading("GetRoute"),
    update: ["UpdateRoute"],
    delete: "DeleteRoute",
    replaceOn: ["apiId"],
    defaults: { authorizationType: "NONE" },
    unset: {
      apiKeyRequired: false,
      authorizationScopes: [],
      authorizerId: "",
      modelSelectionExpression: "",
      operationName: "",
      requestModels: {},
      requestParameters: [],
      routeResponseSelectionExpression: "",
    },
    unordered: ["authorizationScopes"],
    wrap: withNewKey,
  },
  {
    type: "aws:apigatewayv2/routeResponse:RouteResponse",
    service: SERVICE,
    create: "CreateRouteResponse",
    id: "RouteResponseId",
    read: reading("GetRouteResponse"),
    update: ["UpdateRouteResponse"],
    delete: "DeleteRouteResponse",
    replaceOn: ["apiId", "routeId"],
    unset: { modelSelectionExpression: "", responseModels: {} },
  },
  {
    type: "aws:apigatewayv2/stage:Stage",
    service: SERVICE,
    create: "CreateStage",
    id: "{name}",
    read: reading("GetStage"),
    update: ["UpdateStage"],
    delete: "DeleteStage",
    computed: async ({ ctx, id, known }) => {
      const apiId = String(known.apiId);
      return {
        arn: controlArn(ctx, `/apis/${apiId}/stages/${id}`),
        executionArn: `${executionArn(ctx, apiId)}/${id}`,
        invokeUrl: `${await apiEndpoint(ctx, apiId)}/${id}`,
      };
    },
    changing: ["deploymentId"],
    replaceOn: ["apiId", "name"],
    keeps: ["name", "deploymentId"],
    defaults: { defaultRouteSettings: { loggingLevel: "OFF" } },
    unset: { autoDeploy: false, description: "", routeSettings: [], stageVariables: {} },
    cleared: ["accessLogSettings"],
    unordered: ["routeSettings"],
    refuses: { clientCertificateId: "the local cloud has no client certificates" },
    autoname: { property: "name", maxLength: 128 },
    wrap: withLoggingRole,
  },
];
