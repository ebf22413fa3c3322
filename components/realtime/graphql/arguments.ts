import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { EncryptionKey } from "../../core/encryption-key";
import { logRetentionDays } from "../../core/log-retention";
import type { NotificationTopic } from "../../core/notification-topic";
import { reference, type Resolved, type Settings } from "../../core/settings";
import { auth } from "./auth";
import { firewall } from "./firewall";
import { resolver, step } from "./resolvers";
import { source } from "./sources";

const name = z.string().regex(/^[_A-Za-z][_0-9A-Za-z]{0,60}$/, "names of letters, digits and underscores");

const cache = z.strictObject({
  per: z.enum(["api", "resolver"]).describe("Keeps every answer, or those of resolvers with a `cache`."),
  size: z
    .enum(["SMALL", "MEDIUM", "LARGE", "XLARGE", "LARGE_2X", "LARGE_4X", "LARGE_8X", "LARGE_12X"])
    .describe("The size of AppSync's cache, which is paid by the hour."),
  seconds: z.int().min(1).max(3600).describe("Seconds that answers are kept."),
});

export const graphqlApiSettings = z.strictObject({
  schema: z.string().describe("In GraphQL's schema language, with AppSync's scalars and directives."),
  auth: z
    .tuple([auth], auth)
    .describe("How callers prove who they are. The first way is the default for fields without a directive."),
  sources: z.record(name, source).describe("Where resolvers get their data, by name."),
  resolvers: z
    .record(z.string(), resolver)
    .describe(
      "How fields get their values, by field, such as `Query.order`. Subscriptions with `@aws_subscribe` need none.",
    ),
  functions: z.record(name, step).default({}).describe("The steps of pipelines, by name."),
  cache: cache
    .optional()
    .describe("Keeps answers, encrypted in transit and at rest. Every request is answered anew when unset."),
  queryDepthLimit: z
    .int()
    .min(1)
    .max(75)
    .default(10)
    .describe("Levels of nesting that a query may have.")
    .meta({ safer: "lower" }),
  resolverCountLimit: z
    .int()
    .min(1)
    .max(10_000)
    .default(1000)
    .describe("Resolvers that one query may call.")
    .meta({ safer: "lower" }),
  introspection: z
    .boolean()
    .default(false)
    .describe("Lets callers read the schema from the API.")
    .meta({ safer: [true, false] }),
  firewall: firewall
    .prefault({})
    .describe(
      "Blocks an address that sends too many requests, known attackers and known attacks; `none` puts nothing before the API.",
    ),
  logLevel: z
    .enum(["errors", "all"])
    .default("errors")
    .describe(
      "Fields whose resolvers AppSync logs: those with errors, or all. Variables and answers stay out of the logs.",
    ),
  logRetentionDays,
  domain: z
    .strictObject({
      name: z.string().min(1).describe("Such as `api.example.org`. Its DNS record must be an alias of `domainTarget`."),
      certificateArn: reference<pulumi.Input<string>>("ARN of a certificate").describe(
        "Of ACM in us-east-1, where AppSync's domains live.",
      ),
    })
    .optional()
    .describe("A domain of the API's own."),
});

/** The settings of an API, every default filled in. */
export type GraphqlSettings = Resolved<typeof graphqlApiSettings>;

export interface GraphqlApiArgs extends Settings<typeof graphqlApiSettings> {
  /** Encrypts the logs. AppSync stores no data but its cache, which it encrypts with a key of its own. */
  readonly key: EncryptionKey;
  /** Receives an alert when the API or a source fails, or answers become slow. */
  readonly alerts?: NotificationTopic;
  readonly transform?: { readonly api?: (args: aws.appsync.GraphQLApiArgs) => aws.appsync.GraphQLApiArgs };
}
