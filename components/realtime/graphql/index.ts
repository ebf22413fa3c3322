import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "../../core/alarm";
import type { EncryptionKey } from "../../core/encryption-key";
import type { LogRetentionDays } from "../../core/log-retention";
import { serviceRole, type Statement } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import { authArgs, checkAuth, type GraphqlAuth } from "./auth";
import { checkFirewall, protect, type Firewall } from "./firewall";
import {
  checkResolver,
  checkStep,
  InOrder,
  makeFunction,
  makeResolver,
  readSchema,
  type GraphqlResolver,
  type GraphqlStep,
} from "./resolvers";
import { checkSource, makeSource, type GraphqlSource } from "./sources";

export interface GraphqlApiArgs {
  /** Encrypts the logs. AppSync keeps no data but its cache, which it encrypts with a key of its own. */
  readonly key: EncryptionKey;
  /** In GraphQL's schema language, with AppSync's scalars and directives. */
  readonly schema: string;
  /** The first way is the default for fields without a directive. */
  readonly auth: readonly [GraphqlAuth, ...GraphqlAuth[]];
  readonly sources: Readonly<Record<string, GraphqlSource>>;
  /** By field, e.g. `Query.order`. Subscriptions with `@aws_subscribe` need none. */
  readonly resolvers: Readonly<Record<string, GraphqlResolver>>;
  /** Steps of pipelines, by name. */
  readonly functions?: Readonly<Record<string, GraphqlStep>>;
  /** Encrypted in transit and at rest. Default: none. */
  readonly cache?: {
    /** Everything, or what resolvers ask for. */
    readonly per: "api" | "resolver";
    readonly size: "SMALL" | "MEDIUM" | "LARGE" | "XLARGE" | "LARGE_2X" | "LARGE_4X" | "LARGE_8X" | "LARGE_12X";
    /** 1 to 3600. */
    readonly seconds: number;
  };
  /** Levels of nesting a query may have, 1 to 75. */
  readonly queryDepthLimit?: number;
  /** Resolvers one query may call, 1 to 10000. */
  readonly resolverCountLimit?: number;
  /** Whether anybody may read the schema from the API. */
  readonly introspection?: boolean;
  readonly firewall?: Firewall;
  readonly logLevel?: "errors" | "all";
  readonly logRetentionDays?: LogRetentionDays;
  readonly domain?: {
    readonly name: string;
    /** A certificate in us-east-1, where AppSync's domains live. */
    readonly certificateArn: pulumi.Input<string>;
  };
  /** Hears of errors of the API and its sources, and of slow answers. */
  readonly alerts?: NotificationTopic;
  readonly transform?: { readonly api?: (args: aws.appsync.GraphQLApiArgs) => aws.appsync.GraphQLApiArgs };
}

export const GRAPHQL_API_DEFAULTS = {
  queryDepthLimit: 10,
  resolverCountLimit: 1000,
  introspection: false,
  firewall: {} as Firewall,
  logLevel: "errors" as const,
  logRetentionDays: 30,
};

const DAY = 24 * 60 * 60 * 1000;
const DEFAULT_KEY_DAYS = 90;

/**
 * A GraphQL API on AppSync: queries, mutations and subscriptions over Lambda, DynamoDB, HTTP, EventBridge and Aurora, with
 * JavaScript resolvers, behind a firewall, with limits on what a query may cost, encrypted caching, logs and tracing. Clients
 * that are offline for a while catch up where a DynamoDB source has `sync`.
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
  /** `https://…/graphql`: queries and mutations. */
  readonly endpoint: pulumi.Output<string>;
  /** `wss://…/graphql`: subscriptions. */
  readonly realtimeEndpoint: pulumi.Output<string>;
  /** Secret; empty without the mode `apiKey`. */
  readonly apiKey: pulumi.Output<string>;
  /** What the domain's DNS name is an alias of; empty without a domain. */
  readonly domainTarget: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: GraphqlApiArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("realtime", "GraphqlApi", name, opts);
    this.checkArguments();
    const [first, ...others] = args.auth;
    const logging = serviceRole(this.scope, "logs-role", {
      service: "appsync.amazonaws.com",
      description: `Lets the GraphQL API ${name} write logs`,
      sourceAccount: this.aws.accountId,
      statements: this.logStatements(),
    });
    const { authenticationType, ...own } = authArgs(first, this.aws.region);
    const apiArgs: aws.appsync.GraphQLApiArgs = {
      authenticationType,
      ...(own as Partial<aws.appsync.GraphQLApiArgs>),
      ...(first.mode === "cognito"
        ? {
            userPoolConfig: {
              userPoolId: first.userPoolId,
              awsRegion: this.aws.region,
              appIdClientRegex: first.clientPattern,
              defaultAction: "ALLOW",
            },
          }
        : {}),
      additionalAuthenticationProviders: others.map((one) => authArgs(one, this.aws.region)),
      schema: args.schema,
      introspectionConfig: (args.introspection ?? GRAPHQL_API_DEFAULTS.introspection) ? "ENABLED" : "DISABLED",
      queryDepthLimit: args.queryDepthLimit ?? GRAPHQL_API_DEFAULTS.queryDepthLimit,
      resolverCountLimit: args.resolverCountLimit ?? GRAPHQL_API_DEFAULTS.resolverCountLimit,
      xrayEnabled: true,
      logConfig: {
        cloudwatchLogsRoleArn: logging.role.arn,
        fieldLogLevel: (args.logLevel ?? GRAPHQL_API_DEFAULTS.logLevel) === "all" ? "ALL" : "ERROR",
        // Variables and answers are data: they stay out of logs.
        excludeVerboseContent: true,
      },
    };
    const api = new aws.appsync.GraphQLApi(
      `${name}-api`,
      args.transform?.api?.(apiArgs) ?? apiArgs,
      this.mainChild({ dependsOn: [...(logging.policy ? [logging.policy] : [])] }),
    );
    new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      {
        // AppSync writes to no other: https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
        name: pulumi.interpolate`/aws/appsync/apis/${api.id}`,
        retentionInDays: args.logRetentionDays ?? GRAPHQL_API_DEFAULTS.logRetentionDays,
        kmsKeyId: args.key.keyArn,
      },
      this.child(),
    );
    this.apiId = api.id;
    this.apiArn = api.arn;
    this.endpoint = api.uris.apply((uris) => uris?.GRAPHQL ?? "");
    this.realtimeEndpoint = api.uris.apply((uris) => uris?.REALTIME ?? "");
    this.authorizers(api.arn);
    this.fields(api.id);
    this.apiKey = this.keyOf(api.id);
    if (args.cache) {
      new aws.appsync.ApiCache(
        `${name}-cache`,
        {
          apiId: api.id,
          apiCachingBehavior: args.cache.per === "api" ? "FULL_REQUEST_CACHING" : "PER_RESOLVER_CACHING",
          type: args.cache.size,
          ttl: args.cache.seconds,
          atRestEncryptionEnabled: true,
          transitEncryptionEnabled: true,
        },
        this.child(),
      );
    }
    protect(name, args.firewall ?? GRAPHQL_API_DEFAULTS.firewall, api.arn, this.child());
    this.domainTarget = this.domain(api.id);
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

  private checkArguments(): void {
    const { args, check } = this;
    const schema = readSchema(args.schema, check);
    check.require(schema.getQueryType() != null, "schema", "no type Query", "a schema with a type Query");
    args.auth.forEach((auth, index) => checkAuth(`auth[${index}]`, auth, check));
    const modes = args.auth.map(({ mode }) => mode).filter((mode) => mode === "iam" || mode === "apiKey");
    check.require(new Set(modes).size === modes.length, "auth", modes, "iam and apiKey once each");
    check.integer("queryDepthLimit", args.queryDepthLimit, 1, 75);
    check.integer("resolverCountLimit", args.resolverCountLimit, 1, 10_000);
    check.integer("cache.seconds", args.cache?.seconds, 1, 3600);
    checkFirewall(args.firewall ?? GRAPHQL_API_DEFAULTS.firewall, check);
    for (const [name, source] of Object.entries(args.sources)) checkSource(name, source, check);
    for (const [name, step] of Object.entries(args.functions ?? {})) {
      check.matches("functions", name, /^[_A-Za-z][_0-9A-Za-z]{0,60}$/, "names of letters, digits and underscores");
      checkStep(`functions.${name}`, step, args.sources, check);
    }
    const known = {
      schema,
      sources: args.sources,
      functions: Object.keys(args.functions ?? {}),
      cached: args.cache?.per === "resolver",
    };
    for (const [field, resolver] of Object.entries(args.resolvers)) checkResolver(field, resolver, known, check);
    for (const field of ["Query", "Mutation"].flatMap((type) =>
      Object.keys(fieldsOf(schema.getType(type))).map((one) => `${type}.${one}`),
    )) {
      check.require(
        field in args.resolvers,
        "resolvers",
        field,
        "a resolver for every field of Query and Mutation; this one has none",
      );
    }
  }

  private logStatements(): Statement[] {
    const { accountId, partition, region } = this.aws;
    return [
      {
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:/aws/appsync/apis/*`],
      },
    ];
  }

  private authorizers(apiArn: pulumi.Output<string>): void {
    this.args.auth.forEach((auth, index) => {
      if (auth.mode !== "lambda") return;
      new aws.lambda.Permission(
        `${this.name}-authorizer-${index}-permission`,
        {
          action: "lambda:InvokeFunction",
          function: auth.function.functionName,
          principal: "appsync.amazonaws.com",
          sourceArn: apiArn,
        },
        this.child(),
      );
    });
  }

  /** Sources first, then functions, then resolvers, one after the other. */
  private fields(apiId: pulumi.Output<string>): void {
    const { args, name } = this;
    const context = {
      scope: this.scope,
      name,
      apiId,
      aws: this.aws,
      options: this.child(),
    };
    const sources = new Map(
      Object.entries(args.sources).map(([role, source]) => [role, makeSource(source, role, context)] as const),
    );
    const order = new InOrder();
    const functions = new Map(
      Object.entries(args.functions ?? {}).map(
        ([role, step]) => [role, makeFunction(name, role, apiId, step, sources, order, this.child())] as const,
      ),
    );
    for (const [field, resolver] of Object.entries(args.resolvers)) {
      makeResolver(name, field, apiId, resolver, sources, functions, order, this.child());
    }
  }

  private keyOf(apiId: pulumi.Output<string>): pulumi.Output<string> {
    const auth = this.args.auth.find((one) => one.mode === "apiKey");
    if (!auth) return pulumi.output("");
    const expires = expiry(Date.now(), auth.expiresAfterDays ?? DEFAULT_KEY_DAYS);
    return pulumi.secret(new aws.appsync.ApiKey(`${this.name}-key`, { apiId, expires }, this.child()).key);
  }

  private domain(apiId: pulumi.Output<string>): pulumi.Output<string> {
    const { domain } = this.args;
    if (!domain) return pulumi.output("");
    const made = new aws.appsync.DomainName(
      `${this.name}-domain`,
      { domainName: domain.name, certificateArn: domain.certificateArn },
      this.child(),
    );
    new aws.appsync.DomainNameApiAssociation(
      `${this.name}-domain-association`,
      { apiId, domainName: made.domainName },
      this.child(),
    );
    return made.appsyncDomainName;
  }

  private alarms(): void {
    const dimensions = { GraphQLAPIId: this.apiId };
    const { alerts } = this.args;
    alarm(this.scope, "errors", alerts, {
      description: "The API or a source of it failed",
      namespace: "AWS/AppSync",
      metric: "5XXError",
      dimensions,
      threshold: 5,
    });
    alarm(this.scope, "slow", alerts, {
      description: "Answers take more than five seconds on average",
      namespace: "AWS/AppSync",
      metric: "Latency",
      dimensions,
      statistic: "Average",
      threshold: 5000,
      periods: 3,
    });
  }
}

const fieldsOf = (type: unknown): Readonly<Record<string, unknown>> =>
  typeof type === "object" && type !== null && "getFields" in type
    ? (type as { getFields(): Record<string, unknown> }).getFields()
    : {};

/**
 * When a key expires: on a day that stays the same over many deployments, and moves on before half the key's time is left.
 * Days are counted from 1970, so that everybody who deploys agrees.
 */
export function expiry(now: number, days: number): string {
  const step = Math.max(1, Math.floor(days / 2)) * DAY;
  return new Date((Math.floor(now / step) + 2) * step).toISOString().replace(".000Z", "Z");
}
