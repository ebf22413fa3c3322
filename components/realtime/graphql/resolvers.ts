import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { buildSchema, GraphQLObjectType, type GraphQLSchema } from "graphql";
import type { PlatformFunction } from "../../core/platform-function";
import type { ArgumentCheck } from "../../core/validate";

/** What happens when two clients have changed the same version of an item. */
export type ConflictHandling =
  | { readonly handler: "automerge" | "optimisticConcurrency" }
  | { readonly handler: "lambda"; readonly function: PlatformFunction };

/** One step: JavaScript for AppSync's own runtime (`request` and `response`), over one source. */
export interface GraphqlStep {
  readonly source: string;
  /** Text of a module that exports `request` and `response`. Default for a Lambda source: none, the context as it is. */
  readonly code?: string;
  /** Of a `dynamodb` source with `sync`. */
  readonly conflicts?: ConflictHandling;
}

/** How a field gets its value: from one source, or by a pipeline of `functions` in order, with code before and after. */
export type GraphqlResolver = (GraphqlStep | { readonly pipeline: readonly string[]; readonly code: string }) & {
  /** Seconds its answers are kept, by these keys, e.g. `$context.arguments.id`; with `cache.per` of `resolver`. */
  readonly cache?: { readonly seconds: number; readonly keys?: readonly string[] };
};

const RUNTIME = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };
const CONFLICTS = {
  automerge: "AUTOMERGE",
  optimisticConcurrency: "OPTIMISTIC_CONCURRENCY",
  lambda: "LAMBDA",
} as const;

/** Directives and scalars that AppSync adds to every schema: https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html */
const APPSYNC_PRELUDE = `
  directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
  directive @aws_auth(cognito_groups: [String!]!) on FIELD_DEFINITION
  directive @aws_api_key on FIELD_DEFINITION | OBJECT
  directive @aws_iam on FIELD_DEFINITION | OBJECT
  directive @aws_oidc on FIELD_DEFINITION | OBJECT
  directive @aws_lambda on FIELD_DEFINITION | OBJECT
  directive @aws_cognito_user_pools(cognito_groups: [String!]) on FIELD_DEFINITION | OBJECT
  scalar AWSDate scalar AWSTime scalar AWSDateTime scalar AWSTimestamp scalar AWSEmail
  scalar AWSJSON scalar AWSURL scalar AWSPhone scalar AWSIPAddress
`;

/** The schema, read; what is wrong with it is an argument error with line and column. */
export function readSchema(sdl: string, check: ArgumentCheck): GraphQLSchema {
  try {
    return buildSchema(`${sdl}\n${APPSYNC_PRELUDE}`);
  } catch (error) {
    const { message, locations } = error as Error & { locations?: readonly { line: number; column: number }[] };
    const place = locations?.[0] ? ` at line ${locations[0].line}, column ${locations[0].column}` : "";
    check.require(false, "schema", `${message}${place}`, "a GraphQL schema AppSync can read");
    throw error;
  }
}

/** The field of a resolver, `Query.order`. */
export function checkResolver(
  field: string,
  resolver: GraphqlResolver,
  known: {
    readonly schema: GraphQLSchema;
    readonly sources: Readonly<Record<string, { readonly kind: string; readonly sync?: unknown }>>;
    readonly functions: readonly string[];
    readonly cached: boolean;
  },
  check: ArgumentCheck,
): void {
  const [typeName = "", fieldName = ""] = field.split(".");
  const type = known.schema.getType(typeName);
  const fields = type instanceof GraphQLObjectType ? Object.keys(type.getFields()) : [];
  check.require(
    fields.includes(fieldName),
    "resolvers",
    field,
    fields.length > 0
      ? `fields of ${typeName} in the schema: ${fields.join(", ")}`
      : `<Type>.<field> of an object type in the schema: ${objectTypes(known.schema).join(", ")}`,
  );
  if ("pipeline" in resolver) {
    check.integer(`resolvers.${field}.pipeline`, resolver.pipeline.length, 1, 10);
    for (const step of resolver.pipeline) check.oneOf(`resolvers.${field}.pipeline`, step, known.functions);
  } else checkStep(`resolvers.${field}`, resolver, known.sources, check);
  if (resolver.cache) {
    check.require(
      known.cached,
      `resolvers.${field}.cache`,
      resolver.cache,
      'none without the API\'s cache, per "resolver"',
    );
    check.integer(`resolvers.${field}.cache.seconds`, resolver.cache.seconds, 1, 3600);
    for (const key of resolver.cache.keys ?? []) {
      check.matches(
        `resolvers.${field}.cache.keys`,
        key,
        /^\$context\.(arguments|source|identity)(\.[\w.]+)?$/,
        "$context.arguments.…, $context.source.… or $context.identity.…",
      );
    }
  }
}

const objectTypes = (schema: GraphQLSchema): string[] =>
  Object.values(schema.getTypeMap())
    .filter((type) => type instanceof GraphQLObjectType && !type.name.startsWith("__"))
    .map(({ name }) => name);

export function checkStep(
  argument: string,
  step: GraphqlStep,
  sources: Readonly<Record<string, { readonly kind: string; readonly sync?: unknown }>>,
  check: ArgumentCheck,
): void {
  check.oneOf(`${argument}.source`, step.source, Object.keys(sources));
  const source = sources[step.source];
  check.require(
    step.code !== undefined || source?.kind === "lambda",
    `${argument}.code`,
    step.code,
    "a module with request and response: only Lambda sources need none",
  );
  check.require(
    step.code === undefined || /\bexport\b[^;]*\brequest\b/.test(step.code),
    `${argument}.code`,
    step.code?.slice(0, 60),
    "a module that exports request and response",
  );
  check.require(
    step.conflicts === undefined || source?.sync !== undefined,
    `${argument}.conflicts`,
    step.conflicts?.handler,
    "none, but for a dynamodb source with sync",
  );
}

const syncConfig = (conflicts: ConflictHandling | undefined): aws.types.input.appsync.ResolverSyncConfig | undefined =>
  conflicts && {
    conflictDetection: "VERSION",
    conflictHandler: CONFLICTS[conflicts.handler],
    ...(conflicts.handler === "lambda"
      ? { lambdaConflictHandlerConfig: { lambdaConflictHandlerArn: conflicts.function.functionArn } }
      : {}),
  };

/** Resources of one API that AppSync changes one at a time: it refuses two at once with ConcurrentModificationException. */
export class InOrder {
  private last: pulumi.Resource | undefined;

  options(options: pulumi.CustomResourceOptions, ...after: pulumi.Resource[]): pulumi.CustomResourceOptions {
    return { ...options, dependsOn: [...after, ...(this.last ? [this.last] : [])] };
  }

  next<T extends pulumi.Resource>(resource: T): T {
    this.last = resource;
    return resource;
  }
}

export function makeFunction(
  name: string,
  role: string,
  apiId: pulumi.Input<string>,
  step: GraphqlStep,
  sources: ReadonlyMap<string, aws.appsync.DataSource>,
  order: InOrder,
  options: pulumi.CustomResourceOptions,
): aws.appsync.Function {
  return order.next(
    new aws.appsync.Function(
      `${name}-${role}-function`,
      {
        apiId,
        name: role,
        dataSource: sources.get(step.source)?.name ?? "",
        ...(step.code === undefined ? {} : { code: step.code, runtime: RUNTIME }),
        syncConfig: syncConfig(step.conflicts),
      },
      order.options(options),
    ),
  );
}

export function makeResolver(
  name: string,
  field: string,
  apiId: pulumi.Input<string>,
  resolver: GraphqlResolver,
  sources: ReadonlyMap<string, aws.appsync.DataSource>,
  functions: ReadonlyMap<string, aws.appsync.Function>,
  order: InOrder,
  options: pulumi.CustomResourceOptions,
): aws.appsync.Resolver {
  const [type = "", fieldName = ""] = field.split(".");
  const how =
    "pipeline" in resolver
      ? {
          kind: "PIPELINE",
          pipelineConfig: { functions: resolver.pipeline.map((step) => functions.get(step)?.functionId ?? "") },
        }
      : { kind: "UNIT", dataSource: sources.get(resolver.source)?.name, syncConfig: syncConfig(resolver.conflicts) };
  return order.next(
    new aws.appsync.Resolver(
      `${name}-${field.replace(".", "-")}`,
      {
        apiId,
        type,
        field: fieldName,
        ...how,
        ...(resolver.code === undefined ? {} : { code: resolver.code, runtime: RUNTIME }),
        ...(resolver.cache
          ? { cachingConfig: { ttl: resolver.cache.seconds, cachingKeys: [...(resolver.cache.keys ?? [])] } }
          : {}),
      },
      order.options(options),
    ),
  );
}
