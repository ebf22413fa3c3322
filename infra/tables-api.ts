import type { DocumentTable, GraphqlApiArgs, GraphqlResolver, GraphqlSource } from "../components";
import type { EnvironmentConfig } from "./schema";

type TableConfig = EnvironmentConfig["documentTables"][string];

const SCALARS = { string: "String!", number: "Float!", binary: "String!" } as const;
const UTIL = 'import { util } from "@aws-appsync/utils";';

/** Returns the GraphQL name of a table: `by-status` becomes `byStatus`. */
const field = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * Returns the schema, sources and resolvers of a GraphQL API over tables. The API has a query for an item by its key, a mutation that puts an
 * item, and a subscription to such items. Items are JSON, because only the program that writes them knows their attributes
 * besides their keys.
 */
export function tablesApi(
  tables: Readonly<Record<string, { readonly config: TableConfig; readonly table: DocumentTable }>>,
): Pick<GraphqlApiArgs, "schema" | "sources" | "resolvers"> {
  const queries: string[] = [];
  const mutations: string[] = [];
  const subscriptions: string[] = [];
  const sources: Record<string, GraphqlSource> = {};
  const resolvers: Record<string, GraphqlResolver> = {};
  for (const [name, { config, table }] of Object.entries(tables)) {
    const source = field(name);
    const put = `put${capital(source)}`;
    const keys = [config.partitionKey, ...(config.sortKey ? [config.sortKey] : [])];
    sources[source] = { kind: "dynamodb", table };
    queries.push(`${source}(${keys.map((key) => `${key.name}: ${SCALARS[key.type]}`).join(", ")}): AWSJSON`);
    mutations.push(`${put}(item: AWSJSON!): AWSJSON`);
    subscriptions.push(`${source}Put: AWSJSON @aws_subscribe(mutations: ["${put}"])`);
    const keyOf = (from: string): string =>
      `{ ${keys.map(({ name: key }) => `${JSON.stringify(key)}: ${from}[${JSON.stringify(key)}]`).join(", ")} }`;
    resolvers[`Query.${source}`] = {
      source,
      code: `${UTIL}
export const request = (ctx) => ({ operation: "GetItem", key: util.dynamodb.toMapValues(${keyOf("ctx.args")}) });
export const response = (ctx) => (ctx.result ? JSON.stringify(ctx.result) : null);
`,
    };
    resolvers[`Mutation.${put}`] = {
      source,
      code: `${UTIL}
export const request = (ctx) => {
  const item = JSON.parse(ctx.args.item);
  return {
    operation: "PutItem",
    key: util.dynamodb.toMapValues(${keyOf("item")}),
    attributeValues: util.dynamodb.toMapValues(item),
  };
};
export const response = (ctx) => JSON.stringify(ctx.result);
`,
    };
  }
  const type = (name: string, fields: readonly string[]): string => `type ${name} {\n  ${fields.join("\n  ")}\n}\n`;
  return {
    schema: type("Query", queries) + type("Mutation", mutations) + type("Subscription", subscriptions),
    sources,
    resolvers,
  };
}
