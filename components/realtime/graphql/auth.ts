import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { PlatformFunction } from "../../core/platform-function";
import type { ArgumentCheck } from "../../core/validate";

/** How callers prove who they are. */
export type GraphqlAuth =
  | { readonly mode: "iam" }
  | { readonly mode: "cognito"; readonly userPoolId: pulumi.Input<string>; readonly clientPattern?: string }
  | { readonly mode: "oidc"; readonly issuer: string; readonly clientPattern?: string }
  /** The function answers `isAuthorized`; its answer is kept for some seconds, 0 to 3600. Default 300. */
  | { readonly mode: "lambda"; readonly function: PlatformFunction; readonly cacheSeconds?: number }
  /** For prototypes: a key is no proof of anybody. It expires after so many days, 1 to 365, and is renewed at half its time. */
  | { readonly mode: "apiKey"; readonly expiresAfterDays?: number };

export const MODES = {
  iam: "AWS_IAM",
  cognito: "AMAZON_COGNITO_USER_POOLS",
  oidc: "OPENID_CONNECT",
  lambda: "AWS_LAMBDA",
  apiKey: "API_KEY",
} as const;

export function checkAuth(argument: string, auth: GraphqlAuth, check: ArgumentCheck): void {
  check.oneOf(`${argument}.mode`, auth.mode, Object.keys(MODES) as GraphqlAuth["mode"][]);
  if (auth.mode === "oidc") check.matches(`${argument}.issuer`, auth.issuer, /^https:\/\//, "an https:// address");
  if (auth.mode === "lambda") check.integer(`${argument}.cacheSeconds`, auth.cacheSeconds, 0, 3600);
  if (auth.mode === "apiKey") check.integer(`${argument}.expiresAfterDays`, auth.expiresAfterDays, 1, 365);
}

/** What the first way's and every further way's arguments have in common. */
export function authArgs(
  auth: GraphqlAuth,
  region: pulumi.Input<string>,
): aws.types.input.appsync.GraphQLApiAdditionalAuthenticationProvider {
  const authenticationType = MODES[auth.mode];
  switch (auth.mode) {
    case "iam":
    case "apiKey":
      return { authenticationType };
    case "cognito":
      return {
        authenticationType,
        userPoolConfig: { userPoolId: auth.userPoolId, awsRegion: region, appIdClientRegex: auth.clientPattern },
      };
    case "oidc":
      return { authenticationType, openidConnectConfig: { issuer: auth.issuer, clientId: auth.clientPattern } };
    case "lambda":
      return {
        authenticationType,
        lambdaAuthorizerConfig: {
          authorizerUri: auth.function.functionArn,
          authorizerResultTtlInSeconds: auth.cacheSeconds ?? 300,
        },
      };
  }
}
