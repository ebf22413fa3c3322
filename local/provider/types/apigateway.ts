import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import {
  ApiGatewayV2Client,
  GetApiCommand,
  GetRoutesCommand,
  type GetRoutesCommandOutput,
} from "@aws-sdk/client-apigatewayv2";
import { InvalidRequest } from "../clients";
import type { Context, Handler, Props } from "../handler";

const gateway = (ctx: Context): ApiGatewayV2Client => ctx.client(ApiGatewayV2Client);

/** ARNs of the control plane have no account. */
export const controlArn = (ctx: Context, path: string): string => ctx.arn("apigateway", path, { accountId: "" });

export const executionArn = (ctx: Context, apiId: string): string => ctx.arn("execute-api", apiId);

const protocolOf = async (ctx: Context, ApiId: string): Promise<string | undefined> =>
  (await gateway(ctx).send(new GetApiCommand({ ApiId }))).ProtocolType;

/**
 * Where clients and servers reach an API: MiniStack at its loopback address, in the form that needs no host name. Programs derive all
 * other addresses of the API from it, as they do with AWS.
 */
export async function apiEndpoint(ctx: Context, apiId: string): Promise<string> {
  const address = await gateway(ctx).config.endpoint?.();
  if (!address) throw new Error("the client of API Gateway has no endpoint");
  const scheme = (await protocolOf(ctx, apiId)) === "WEBSOCKET" ? "ws" : "http";
  return `${scheme}://${address.hostname}:${address.port}/_aws/execute-api/${apiId}`;
}

/** Refuses a second route with the same key: MiniStack would keep both, and use the first. */
export const withNewKey = (route: Handler): Handler => ({
  ...route,
  async create(ctx, inputs, exists) {
    const [ApiId, key] = [String(inputs.apiId), String(inputs.routeKey)];
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page: GetRoutesCommandOutput = await gateway(ctx).send(new GetRoutesCommand({ ApiId, NextToken }));
      if (page.Items?.some(({ RouteKey }) => RouteKey === key))
        throw new Error(`ConflictException: Route with key ${key} already exists for this API`);
      NextToken = page.NextToken;
    }
    return route.create(ctx, inputs, exists);
  },
});

/** Refuses, in AWS's words, what MiniStack accepts: a stage that cannot be, and logs that nothing may write. */
export const withLoggingRole = (stage: Handler): Handler => ({
  ...stage,
  async create(ctx, inputs, exists) {
    if (inputs.name === "$default" && (await protocolOf(ctx, String(inputs.apiId))) === "WEBSOCKET")
      throw new InvalidRequest("Invalid stage name: $default is for HTTP APIs only");
    await requireLoggingRole(ctx, inputs);
    return stage.create(ctx, inputs, exists);
  },
  async update(ctx, id, olds, news, changed) {
    await requireLoggingRole(ctx, news);
    await stage.update?.(ctx, id, olds, news, changed);
  },
});

/** The error is AWS's, see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html for the role. */
async function requireLoggingRole(ctx: Context, { defaultRouteSettings, routeSettings }: Props): Promise<void> {
  const levels = [defaultRouteSettings, routeSettings].flat().map((one) => (one as Props | undefined)?.loggingLevel);
  if (levels.every((level) => level === undefined || level === "OFF")) return;
  const { cloudwatchRoleArn } = await ctx.client(APIGatewayClient).send(new GetAccountCommand({}));
  if (!cloudwatchRoleArn)
    throw new InvalidRequest("CloudWatch Logs role ARN must be set in account settings to enable logging");
}
