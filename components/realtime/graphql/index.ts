import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "../../core/alarm";
import { serviceRole, type Statement } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import { graphqlApiSettings, type GraphqlApiArgs, type GraphqlSettings } from "./arguments";
import { apiKey, authArgs, permitAuthorizers, primaryAuthArgs } from "./auth";
import { protect } from "./firewall";
import { makeResolvers } from "./resolvers";
import { checkFields } from "./schema";
import { makeSource } from "./sources";

export * from "./arguments";

/**
 * A GraphQL API on AppSync: queries, mutations and subscriptions over Lambda, DynamoDB, HTTP, EventBridge and Aurora. It has
 * JavaScript resolvers, a firewall, limits on what a query may cost, an encrypted cache, logs and tracing. Clients that were
 * offline catch up where a DynamoDB source has `sync`.
 *
 * @example
 * const key = new EncryptionKey("orders", { description: "Orders" });
 * const orders = new DocumentTable("orders", { key, partitionKey: { name: "id", type: "string" } });
 * const api = new GraphqlApi("orders-api", {
 *   key,
 *   auth: [{ mode: "iam" }],
 *   schema: `
 *     type Order { id: ID! status: String }
 *     type Query { order(id: ID!): Order }
 *   `,
 *   sources: { orders: { kind: "dynamodb", table: orders } },
 *   resolvers: {
 *     "Query.order": {
 *       source: "orders",
 *       code: `
 *         import { util } from "@aws-appsync/utils";
 *         export const request = (ctx) => ({ operation: "GetItem", key: util.dynamodb.toMapValues({ id: ctx.args.id }) });
 *         export const response = (ctx) => ctx.result;
 *       `,
 *     },
 *   },
 * });
 */
export class GraphqlApi extends PlatformComponent {
  readonly apiId: pulumi.Output<string>;
  readonly apiArn: pulumi.Output<string>;
  /** The address of queries and mutations, `https://…/graphql`. */
  readonly endpoint: pulumi.Output<string>;
  /** The address of subscriptions, `wss://…/graphql`. */
  readonly realtimeEndpoint: pulumi.Output<string>;
  /** Secret; empty without the mode `apiKey`. */
  readonly apiKey: pulumi.Output<string>;
  /** The name that the domain's DNS record must be an alias of; empty without a domain. */
  readonly domainTarget: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: GraphqlApiArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("realtime", "GraphqlApi", name, opts);
    const settings = this.settings(graphqlApiSettings, args, (all, check) => {
      const modes = all.auth.map(({ mode }) => mode).filter((mode) => mode === "iam" || mode === "apiKey");
      check.require(new Set(modes).size === modes.length, "auth", modes, "iam and apiKey once each");
      checkFields({ ...all, cached: all.cache?.per === "resolver" }, check);
    });
    const api = this.api(settings);
    this.apiId = api.id;
    this.apiArn = api.arn;
    this.endpoint = api.uris.apply((uris) => uris?.GRAPHQL ?? "");
    this.realtimeEndpoint = api.uris.apply((uris) => uris?.REALTIME ?? "");
    permitAuthorizers(this.scope, settings.auth, api.arn);
    const sources = Object.entries(settings.sources).map(
      ([source, one]) => [source, makeSource(this.scope, api.id, source, one)] as const,
    );
    makeResolvers(this.scope, api.id, Object.fromEntries(sources), settings);
    this.apiKey = apiKey(this.scope, settings.auth, api.id);
    this.cache(settings);
    protect(this.scope, settings.firewall, api.arn);
    this.domainTarget = this.domain(settings);
    this.alarms();
    this.registerOutputs({
      apiId: this.apiId,
      apiArn: this.apiArn,
      endpoint: this.endpoint,
      realtimeEndpoint: this.realtimeEndpoint,
      apiKey: this.apiKey,
      domainTarget: this.domainTarget,
    });
  }

  /** What a role needs to call fields with IAM: of all types, or e.g. `Query.order` only. */
  grantCall(...fields: readonly string[]): Statement[] {
    const paths =
      fields.length === 0
        ? ["types/Query/fields/*", "types/Mutation/fields/*", "types/Subscription/fields/*"]
        : fields.map((field) => `types/${field.replace(".", "/fields/")}`);
    return [
      { actions: ["appsync:GraphQL"], resources: paths.map((path) => pulumi.interpolate`${this.apiArn}/${path}`) },
    ];
  }

  private api(settings: GraphqlSettings): aws.appsync.GraphQLApi {
    const { args, name } = this;
    const { accountId, partition, region } = this.aws;
    const logging = serviceRole(this.scope, "logs-role", {
      service: "appsync.amazonaws.com",
      description: `Lets the GraphQL API ${name} write logs`,
      statements: [
        {
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:/aws/appsync/apis/*`],
        },
      ],
    });
    const [first, ...others] = settings.auth;
    const apiArgs: aws.appsync.GraphQLApiArgs = {
      ...primaryAuthArgs(first, region),
      additionalAuthenticationProviders: others.map((way) => authArgs(way, region)),
      schema: settings.schema,
      introspectionConfig: settings.introspection ? "ENABLED" : "DISABLED",
      queryDepthLimit: settings.queryDepthLimit,
      resolverCountLimit: settings.resolverCountLimit,
      xrayEnabled: true,
      logConfig: {
        cloudwatchLogsRoleArn: logging.role.arn,
        fieldLogLevel: settings.logLevel === "all" ? "ALL" : "ERROR",
        // Variables and answers are data: they stay out of logs.
        excludeVerboseContent: true,
      },
    };
    const api = new aws.appsync.GraphQLApi(
      `${name}-api`,
      args.transform?.api?.(apiArgs) ?? apiArgs,
      this.mainChild({ dependsOn: logging.policy ? [logging.policy] : [] }),
    );
    new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        // AppSync writes to no other group: https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
        name: pulumi.interpolate`/aws/appsync/apis/${api.id}`,
        retentionInDays: settings.logRetentionDays,
        kmsKeyId: args.key.keyArn,
      },
      this.child(),
    );
    return api;
  }

  private cache({ cache }: GraphqlSettings): void {
    if (!cache) return;
    new aws.appsync.ApiCache(
      `${this.name}-cache`,
      {
        apiId: this.apiId,
        apiCachingBehavior: cache.per === "api" ? "FULL_REQUEST_CACHING" : "PER_RESOLVER_CACHING",
        type: cache.size,
        ttl: cache.seconds,
        atRestEncryptionEnabled: true,
        transitEncryptionEnabled: true,
      },
      this.child(),
    );
  }

  private domain({ domain }: GraphqlSettings): pulumi.Output<string> {
    if (!domain) return pulumi.output("");
    const made = new aws.appsync.DomainName(
      `${this.name}-domain`,
      { domainName: domain.name, certificateArn: domain.certificateArn },
      this.child(),
    );
    new aws.appsync.DomainNameApiAssociation(
      `${this.name}-domain-association`,
      { apiId: this.apiId, domainName: made.domainName },
      this.child(),
    );
    return made.appsyncDomainName;
  }

  private alarms(): void {
    const { alerts } = this.args;
    const figures = { namespace: "AWS/AppSync", dimensions: { GraphQLAPIId: this.apiId } };
    alarm(this.scope, "errors", alerts, {
      ...figures,
      description: `The GraphQL API ${this.name} or one of its sources failed for more than five requests in five minutes.`,
      metric: "5XXError",
      threshold: 5,
    });
    alarm(this.scope, "slow", alerts, {
      ...figures,
      description: `The GraphQL API ${this.name} takes more than five seconds to answer on average.`,
      metric: "Latency",
      statistic: "Average",
      threshold: 5000,
      periods: 3,
    });
  }
}
