import type { DocumentTable, GraphqlResolver, GraphqlSource } from "../components";
import type { EnvironmentConfig } from "./schema";

type TableConfig = EnvironmentConfig["documentTables"][string];

const SCALARS = { string: "String!", number: "Float!", binary: "String!" } as const;
const UTIL = 'import { util } from "@aws-appsync/utils";';

/** `by-status` → `byStatus`. */
const field = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * A GraphQL API over tables: an item by its key, an item put, and news of items put. Items are JSON: what a table holds beside
 * its keys is the affair of who writes it.
 */
export function tablesApi(
  tables: Readonly<Record<string, { readonly config: TableConfig; readonly table: DocumentTable }>>,
): { schema: string; sources: Record<string, GraphqlSource>; resolvers: Record<string, GraphqlResolver> } {
  const queries: string[] = [];
  const mutations: string[] = [];
  const subscriptions: string[] = [];
  const sources: Record<string, GraphqlSource> = {};
  const resolvers: Record<string, GraphqlResolver> = {};
  for (const [name, { config, table }] of Object.entries(tables)) {
    const one = field(name);
    const put = `put${capital(one)}`;
    const keys = [config.partitionKey, ...(config.sortKey ? [config.sortKey] : [])];
    const source = one;
    sources[source] = { kind: "dynamodb", table };
    queries.push(`${one}(${keys.map((key) => `${key.name}: ${SCALARS[key.type]}`).join(", ")}): AWSJSON`);
    mutations.push(`${put}(item: AWSJSON!): AWSJSON`);
    subscriptions.push(`${one}Put: AWSJSON @aws_subscribe(mutations: ["${put}"])`);
    const keyOf = (from: string): string =>
      `{ ${keys.map(({ name: key }) => `${JSON.stringify(key)}: ${from}[${JSON.stringify(key)}]`).join(", ")} }`;
    resolvers[`Query.${one}`] = {
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
