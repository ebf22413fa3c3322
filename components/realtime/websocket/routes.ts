import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AwsContext, Scope } from "../../core/scope";
import { PlatformFunction } from "../../core/platform-function";
import type { RouteFunction, WebSocketAuthorizer, WebSocketRoute } from "./arguments";
import { modelName, routeRole, schemaText } from "./formats";

/** The API whose routes are made, as the resources of routes need it. */
export interface RouteSite {
  readonly scope: Scope;
  readonly name: string;
  readonly api: aws.apigatewayv2.Api;
  /** The route selection expression. */
  readonly selection: string;
  readonly aws: AwsContext;
  child(extra?: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions;
}

/** A route to a function of its own; returns what the stage must wait for. */
export function customRoute(
  site: RouteSite,
  key: string,
  route: Omit<WebSocketRoute, "throttling">,
): readonly pulumi.Resource[] {
  const { name, api } = site;
  const role = routeRole(key);
  const permission = permit(site, role, "apigateway.amazonaws.com", route.function, routesArn(site, key));
  const target = integration(site, role, route.function, route.timeoutMilliseconds);
  const model =
    route.messageSchema &&
    new aws.apigatewayv2.Model(
      `${name}-${role}-model`,
      {
        apiId: api.id,
        // Of letters and digits only, which no generated name is.
        name: modelName(key),
        contentType: "application/json",
        schema: schemaText(route.messageSchema),
      },
      site.child(),
    );
  // A selection that names no model takes $default, and a literal $default would be taken for a variable:
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
  const models = model ? { modelSelectionExpression: site.selection, requestModels: { $default: model.name } } : {};
  return [permission, ...simpleRoute(site, key, target, route.twoWay ?? false, models)];
}

export function simpleRoute(
  site: RouteSite,
  key: string,
  target: aws.apigatewayv2.Integration,
  twoWay: boolean,
  more: Partial<aws.apigatewayv2.RouteArgs> = {},
): readonly pulumi.Resource[] {
  const { name, api } = site;
  const role = routeRole(key);
  const route = new aws.apigatewayv2.Route(
    `${name}-${role}-route`,
    {
      apiId: api.id,
      routeKey: key,
      target: pulumi.interpolate`integrations/${target.id}`,
      ...(twoWay ? { routeResponseSelectionExpression: "$default" } : {}),
      ...more,
    },
    site.child(),
  );
  if (!twoWay) return [route];
  // What a proxied function answers goes out as it is: no integration response stands between.
  const response = new aws.apigatewayv2.RouteResponse(
    `${name}-${role}-response`,
    { apiId: api.id, routeId: route.id, routeResponseKey: "$default" },
    site.child(),
  );
  return [route, response];
}

export function integration(
  site: RouteSite,
  role: string,
  target: RouteFunction,
  timeoutMilliseconds = 29_000,
): aws.apigatewayv2.Integration {
  return new aws.apigatewayv2.Integration(
    `${site.name}-${role}-integration`,
    {
      apiId: site.api.id,
      integrationType: "AWS_PROXY",
      integrationMethod: "POST",
      contentHandlingStrategy: "CONVERT_TO_TEXT",
      passthroughBehavior: "WHEN_NO_MATCH",
      integrationUri: invocationUri(site, target),
      timeoutMilliseconds,
    },
    site.child(),
  );
}

/** What `$connect` asks of who wants to connect. */
export function connectAuthorization(
  site: RouteSite,
  authorizer: WebSocketAuthorizer,
): Partial<aws.apigatewayv2.RouteArgs> {
  if (authorizer.kind === "iam") return { authorizationType: "AWS_IAM" };
  if (authorizer.kind === "none") return { authorizationType: "NONE" };
  const { headers = [], queryParameters = [] } = authorizer;
  const one = new aws.apigatewayv2.Authorizer(
    `${site.name}-authorizer`,
    {
      apiId: site.api.id,
      authorizerType: "REQUEST",
      authorizerUri: invocationUri(site, authorizer.function),
      identitySources: [
        ...headers.map((header) => `route.request.header.${header}`),
        ...queryParameters.map((parameter) => `route.request.querystring.${parameter}`),
      ],
    },
    site.child(),
  );
  const sourceArn = pulumi.interpolate`${site.api.executionArn}/authorizers/${one.id}`;
  permit(site, "authorizer", "apigateway.amazonaws.com", authorizer.function, sourceArn);
  return { authorizationType: "CUSTOM", authorizerId: one.id };
}

/** Lets a service invoke a function on behalf of one of the API's resources. */
export function permit(
  site: RouteSite,
  role: string,
  principal: string,
  target: RouteFunction,
  sourceArn: pulumi.Input<string>,
): aws.lambda.Permission {
  return new aws.lambda.Permission(
    `${site.name}-${role}-permission`,
    { action: "lambda:InvokeFunction", function: arnOf(target), principal, sourceArn },
    site.child(),
  );
}

/** A route's ARN in every stage; `*` for all routes. */
export const routesArn = ({ api }: RouteSite, key: string): pulumi.Output<string> =>
  pulumi.interpolate`${api.executionArn}/*/${key}`;

function invocationUri({ aws: { partition, region } }: RouteSite, target: RouteFunction): pulumi.Output<string> {
  return pulumi.interpolate`arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${arnOf(target)}/invocations`;
}

const arnOf = (target: RouteFunction): pulumi.Input<string> =>
  target instanceof PlatformFunction ? target.functionArn : target;
