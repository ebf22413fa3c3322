import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { PlatformFunction } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import { reference, type Resolved, type Settings } from "../../core/settings";

const clientPattern = z.string().optional().describe("A regular expression of the client ids that may call the API.");

export const auth = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("iam") }),
  z.strictObject({
    mode: z.literal("cognito"),
    userPoolId: reference<pulumi.Input<string>>("id of a user pool").describe("Users of this pool may call the API."),
    clientPattern,
  }),
  z.strictObject({
    mode: z.literal("oidc"),
    issuer: z
      .string()
      .regex(/^https:\/\//, "an https:// address")
      .describe("The address of the OpenID Connect provider."),
    clientPattern,
  }),
  z.strictObject({
    mode: z.literal("lambda"),
    function: reference<PlatformFunction>("PlatformFunction").describe("Answers with `isAuthorized`."),
    cacheSeconds: z.int().min(0).max(3600).default(300).describe("Seconds that AppSync keeps the function's answer."),
  }),
  z.strictObject({
    mode: z.literal("apiKey"),
    expiresAfterDays: z
      .int()
      .min(1)
      .max(365)
      .default(90)
      .describe(
        "Days until the key expires. A deployment renews it after half of them. A key identifies no caller: use it for prototypes only.",
      )
      .meta({ safer: "lower" }),
  }),
]);

/** How callers prove who they are. */
export type GraphqlAuth = Settings<typeof auth>;
type Auth = Resolved<typeof auth>;

const MODES = {
  iam: "AWS_IAM",
  cognito: "AMAZON_COGNITO_USER_POOLS",
  oidc: "OPENID_CONNECT",
  lambda: "AWS_LAMBDA",
  apiKey: "API_KEY",
} as const;

/** What AppSync needs to know of a way to authorize callers. */
export function authArgs(
  auth: Auth,
  awsRegion: pulumi.Input<string>,
): aws.types.input.appsync.GraphQLApiAdditionalAuthenticationProvider {
  const authenticationType = MODES[auth.mode];
  switch (auth.mode) {
    case "iam":
    case "apiKey":
      return { authenticationType };
    case "cognito":
      return {
        authenticationType,
        userPoolConfig: { userPoolId: auth.userPoolId, awsRegion, appIdClientRegex: auth.clientPattern },
      };
    case "oidc":
      return { authenticationType, openidConnectConfig: { issuer: auth.issuer, clientId: auth.clientPattern } };
    case "lambda":
      return {
        authenticationType,
        lambdaAuthorizerConfig: {
          authorizerUri: auth.function.functionArn,
          authorizerResultTtlInSeconds: auth.cacheSeconds,
        },
      };
  }
}

/** The first way is the API's own: only there AppSync asks what a user of Cognito may do without a directive. */
export function primaryAuthArgs(
  auth: Auth,
  awsRegion: pulumi.Input<string>,
): Pick<
  aws.appsync.GraphQLApiArgs,
  "authenticationType" | "userPoolConfig" | "openidConnectConfig" | "lambdaAuthorizerConfig"
> {
  const { userPoolConfig, ...args } = authArgs(auth, awsRegion);
  if (auth.mode !== "cognito") return args;
  const { userPoolId, clientPattern } = auth;
  return {
    ...args,
    userPoolConfig: { userPoolId, awsRegion, appIdClientRegex: clientPattern, defaultAction: "ALLOW" },
  };
}

/** Lets AppSync invoke the functions that authorize callers. */
export function permitAuthorizers(scope: Scope, ways: readonly Auth[], sourceArn: pulumi.Output<string>): void {
  ways.forEach((auth, index) => {
    if (auth.mode !== "lambda") return;
    new aws.lambda.Permission(
      `${scope.name}-authorizer-${index}-permission`,
      {
        action: "lambda:InvokeFunction",
        function: auth.function.functionName,
        principal: "appsync.amazonaws.com",
        sourceArn,
      },
      scope.child(),
    );
  });
}

/** Makes the key of the mode `apiKey`. It is secret, and empty without that mode. */
export function apiKey(scope: Scope, ways: readonly Auth[], apiId: pulumi.Output<string>): pulumi.Output<string> {
  const auth = ways.find(({ mode }) => mode === "apiKey");
  if (auth?.mode !== "apiKey") return pulumi.output("");
  const expires = expiry(Date.now(), auth.expiresAfterDays);
  return pulumi.secret(new aws.appsync.ApiKey(`${scope.name}-key`, { apiId, expires }, scope.child()).key);
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Says when a key expires: on a day that stays the same over many deployments, and changes before half of the key's time is
 * left. Days are counted from 1970, so that it is the same day wherever the program is deployed from.
 */
export function expiry(now: number, days: number): string {
  const step = Math.max(1, Math.floor(days / 2)) * DAY;
  return new Date((Math.floor(now / step) + 2) * step).toISOString().replace(".000Z", "Z");
}
