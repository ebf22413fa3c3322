import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlatformFunction } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import type { RouteFunction, WebSocketSettings } from "./arguments";
import { modelName, routeRole, schemaText } from "./formats";

type Api = aws.apigatewayv2.Api;
type Route = WebSocketSettings["routes"][string];

/** Makes a route to a function of the program. Returns what the stage must wait for. */
export function customRoute(scope: Scope, api: Api, key: string, route: Route): readonly pulumi.Resource[] {
  const own = scope.part(routeRole(key));
  const permission = permit(own, "apigateway.amazonaws.com", route.function, routesArn(api, key));
  const target = integration(own, api, route.function, route.timeoutMilliseconds);
  const model =
    route.messageSchema &&
    new aws.apigatewayv2.Model(
      `${own.name}-model`,
      {
        apiId: api.id,
        // API Gateway accepts letters and digits only, which no generated name is made of.
        name: modelName(key),
        contentType: "application/json",
        schema: schemaText(route.messageSchema),
      },
      own.child(),
    );
  // A selection that names no model takes $default, and a literal $default would be taken for a variable:
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
  const models = model && {
    modelSelectionExpression: api.routeSelectionExpression,
    requestModels: { $default: model.name },
  };
  return [permission, ...apiRoute(scope, api, key, target, { twoWay: route.twoWay, ...models })];
}

/** Makes a route, and the response of a two-way one. Returns what the stage must wait for. */
export function apiRoute(
  scope: Scope,
  api: Api,
  key: string,
  target: aws.apigatewayv2.Integration,
  { twoWay = false, ...more }: Partial<aws.apigatewayv2.RouteArgs> & { readonly twoWay?: boolean } = {},
): readonly pulumi.Resource[] {
  const own = scope.part(routeRole(key));
  const route = new aws.apigatewayv2.Route(
    `${own.name}-route`,
    {
      apiId: api.id,
      routeKey: key,
      target: pulumi.interpolate`integrations/${target.id}`,
      ...(twoWay ? { routeResponseSelectionExpression: "$default" } : {}),
      ...more,
    },
    own.child(),
  );
  if (!twoWay) return [route];
  // API Gateway sends the answer of a proxied function as it is: no integration response is needed.
  const response = new aws.apigatewayv2.RouteResponse(
    `${own.name}-response`,
    { apiId: api.id, routeId: route.id, routeResponseKey: "$default" },
    own.child(),
  );
  return [route, response];
}

/** Makes the integration `<scope>-integration`, by which API Gateway calls a function. */
export function integration(
  scope: Scope,
  api: Api,
  target: RouteFunction,
  timeoutMilliseconds: number,
): aws.apigatewayv2.Integration {
  return new aws.apigatewayv2.Integration(
    `${scope.name}-integration`,
    {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationMethod: "POST",
      contentHandlingStrategy: "CONVERT_TO_TEXT",
      passthroughBehavior: "WHEN_NO_MATCH",
      integrationUri: invocationUri(scope, target),
      timeoutMilliseconds,
    },
    scope.child(),
  );
}

/** What the route `$connect` requires of a client. */
export function connectAuthorization(
  scope: Scope,
  api: Api,
  settings: WebSocketSettings["authorizer"],
): Partial<aws.apigatewayv2.RouteArgs> {
  if (settings.kind === "iam") return { authorizationType: "AWS_IAM" };
  if (settings.kind === "none") return { authorizationType: "NONE" };
  const own = scope.part("authorizer");
  const authorizer = new aws.apigatewayv2.Authorizer(
    own.name,
    {
      apiId: api.id,
      authorizerType: "REQUEST",
      authorizerUri: invocationUri(own, settings.function),
      identitySources: [
        ...settings.headers.map((header) => `route.request.header.${header}`),
        ...settings.queryParameters.map((parameter) => `route.request.querystring.${parameter}`),
      ],
    },
    own.child(),
  );
  const sourceArn = pulumi.interpolate`${api.executionArn}/authorizers/${authorizer.id}`;
  permit(own, "apigateway.amazonaws.com", settings.function, sourceArn);
  return { authorizationType: "CUSTOM", authorizerId: authorizer.id };
}

/** Makes the permission `<scope>-permission`: a service may invoke a function for one of the API's resources. */
export function permit(
  scope: Scope,
  principal: string,
  target: RouteFunction,
  sourceArn: pulumi.Input<string>,
): aws.lambda.Permission {
  return new aws.lambda.Permission(
    `${scope.name}-permission`,
    { action: "lambda:InvokeFunction", function: arnOf(target), principal, sourceArn },
    scope.child(),
  );
}

/** A route's ARN in every stage; `*` for all routes. */
export const routesArn = ({ executionArn }: Api, key: string): pulumi.Output<string> =>
  pulumi.interpolate`${executionArn}/*/${key}`;

function invocationUri({ aws: { partition, region } }: Scope, target: RouteFunction): pulumi.Output<string> {
  return pulumi.interpolate`arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${arnOf(target)}/invocations`;
}

const arnOf = (target: RouteFunction): pulumi.Input<string> =>
  target instanceof PlatformFunction ? target.functionArn : target;
