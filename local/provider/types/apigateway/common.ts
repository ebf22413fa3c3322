import * as v2 from "@aws-sdk/client-apigatewayv2";
import type { Context } from "../../handler";

export const gateway = (ctx: Context): v2.ApiGatewayV2Client => ctx.client(v2.ApiGatewayV2Client);

/** ARNs of the control plane carry no account. */
export const controlArn = (ctx: Context, path: string): string => ctx.arn("apigateway", path, { accountId: "" });

/**
 * Where clients and servers reach an API: MiniStack by its loopback address, in the form that needs no host name. Programs make
 * every other address of the API from it, as they do from AWS's.
 */
export async function apiEndpoint(ctx: Context, apiId: string, protocol: string | undefined): Promise<string> {
  const address = await gateway(ctx).config.endpoint?.();
  if (!address) throw new Error("the client of API Gateway has no endpoint");
  const scheme = protocol === "WEBSOCKET" ? "ws" : "http";
  return `${scheme}://${address.hostname}:${address.port}/_aws/execute-api/${apiId}`;
}

export const executionArn = (ctx: Context, apiId: string): string => ctx.arn("execute-api", apiId);
