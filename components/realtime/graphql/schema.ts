import { buildSchema, GraphQLObjectType, type GraphQLNamedType, type GraphQLSchema } from "graphql";
import type { ArgumentCheck } from "../../core/validate";
import type { Resolvers, Steps } from "./resolvers";
import type { Sources } from "./sources";

/** Directives and scalars that AppSync adds to every schema: https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html. */
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

/** What a schema is checked against: the sources, steps and resolvers of an API. */
export interface Fields {
  readonly schema: string;
  readonly sources: Sources;
  readonly functions: Steps;
  readonly resolvers: Resolvers;
  /** Whether the API has a cache that resolvers can use. */
  readonly cached: boolean;
}

/** Checks that AppSync can read the schema, and that the resolvers fit it, the sources and the functions. */
export function checkFields(fields: Fields, check: ArgumentCheck): void {
  for (const [name, step] of Object.entries(fields.functions)) checkStep(`functions.${name}`, step, fields, check);
  const schema = readSchema(fields.schema, check);
  if (!schema) return;
  check.require(schema.getQueryType() != null, "schema", "no type Query", "a schema with a type Query");
  for (const path of Object.keys(fields.resolvers)) checkResolver(path, schema, fields, check);
  const needed = ["Query", "Mutation"].flatMap((type) =>
    fieldsOf(schema.getType(type)).map((field) => `${type}.${field}`),
  );
  for (const path of needed) {
    check.require(
      path in fields.resolvers,
      "resolvers",
      path,
      "a resolver for every field of Query and Mutation; this one has none",
    );
  }
}

function readSchema(sdl: string, check: ArgumentCheck): GraphQLSchema | undefined {
  try {
    return buildSchema(`${sdl}\n${APPSYNC_PRELUDE}`);
  } catch (error) {
    const { message, locations } = error as Error & { locations?: readonly { line: number; column: number }[] };
    const place = locations?.[0] ? ` at line ${locations[0].line}, column ${locations[0].column}` : "";
    check.require(false, "schema", `${message}${place}`, "a GraphQL schema AppSync can read");
    return undefined;
  }
}

function checkResolver(path: string, schema: GraphQLSchema, fields: Fields, check: ArgumentCheck): void {
  const argument = `resolvers.${path}`;
  const [typeName = "", fieldName = ""] = path.split(".");
  const known = fieldsOf(schema.getType(typeName));
  check.require(
    known.includes(fieldName),
    "resolvers",
    path,
    known.length > 0
      ? `fields of ${typeName} in the schema: ${known.join(", ")}`
      : `<Type>.<field> of an object type in the schema: ${objectTypes(schema).join(", ")}`,
  );
  const resolver = fields.resolvers[path];
  if (!resolver) return;
  if ("pipeline" in resolver) {
    for (const step of resolver.pipeline) check.oneOf(`${argument}.pipeline`, step, Object.keys(fields.functions));
  } else checkStep(argument, resolver, fields, check);
  check.require(
    resolver.cache === undefined || fields.cached,
    `${argument}.cache`,
    resolver.cache,
    'none without the API\'s cache, per "resolver"',
  );
}

function checkStep(argument: string, step: Steps[string], { sources }: Fields, check: ArgumentCheck): void {
  check.oneOf(`${argument}.source`, step.source, Object.keys(sources));
  const source = sources[step.source];
  if (!source) return;
  check.require(
    step.code !== undefined || source.kind === "lambda",
    `${argument}.code`,
    step.code,
    "a module with request and response: only Lambda sources need none",
  );
  check.require(
    step.conflicts === undefined || (source.kind === "dynamodb" && source.sync !== undefined),
    `${argument}.conflicts`,
    step.conflicts?.handler,
    "none, but for a dynamodb source with sync",
  );
}

const fieldsOf = (type: GraphQLNamedType | undefined): readonly string[] =>
  type instanceof GraphQLObjectType ? Object.keys(type.getFields()) : [];

const objectTypes = (schema: GraphQLSchema): string[] =>
  Object.values(schema.getTypeMap())
    .filter((type) => type instanceof GraphQLObjectType && !type.name.startsWith("__"))
    .map(({ name }) => name);
