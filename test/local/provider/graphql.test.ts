import assert from "node:assert/strict";
import { request } from "node:http";
import { AppSyncClient, ListGraphqlApisCommand } from "@aws-sdk/client-appsync";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetWebACLForResourceCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { DocumentTable, EncryptionKey, GraphqlApi, type GraphqlResolver } from "../../../components";
import { sharedMinistack } from "../../support/ministack";
import { newcomers, withStack } from "../../support/stack";

const LOSE = { posture: "disposable", allowDataLoss: true } as const;
const SCHEMA = `
  type Order { id: ID! status: String total: Float placedAt: AWSDateTime }
  type Query { order(id: ID!): Order  greeting(name: String): String }
  type Mutation { putOrder(id: ID!, status: String, total: Float): Order }
  type Subscription { orderPut: Order @aws_subscribe(mutations: ["putOrder"]) }
`;
const IMPORT = 'import { util } from "@aws-appsync/utils";';
const RESPONSE = "export const response = (ctx) => ctx.result;";

const resolvers = (greeting: string): Record<string, GraphqlResolver> => ({
  "Query.order": {
    source: "orders",
    code: `${IMPORT}
      export const request = (ctx) => ({ operation: "GetItem", key: util.dynamodb.toMapValues({ id: ctx.args.id }) });
      ${RESPONSE}`,
  },
  "Query.greeting": {
    pipeline: ["greet"],
    code: `export const request = () => ({});
      export const response = (ctx) => "${greeting} " + ctx.prev.result;`,
  },
  "Mutation.putOrder": {
    source: "orders",
    code: `${IMPORT}
      export const request = (ctx) => ({
        operation: "PutItem",
        key: util.dynamodb.toMapValues({ id: ctx.args.id }),
        attributeValues: util.dynamodb.toMapValues({ status: ctx.args.status, total: ctx.args.total }),
      });
      ${RESPONSE}`,
  },
});

describe("a GraphQL API in the local cloud", function () {
  this.timeout(120_000);
  let endpoint: string;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = <C>(Client: new (configuration: object) => C): C =>
    new Client({ endpoint, region: "eu-central-1", credentials });

  before(async () => {
    endpoint = (await sharedMinistack()).endpoint;
  });

  const program = (greeting: string) => async () => {
    const key = new EncryptionKey("orders", { description: "Orders", protection: LOSE });
    const table = new DocumentTable("orders", {
      key,
      partitionKey: { name: "id", type: "string" },
      protection: LOSE,
      contributorInsights: "off",
    });
    const api = new GraphqlApi("orders-api", {
      key,
      schema: SCHEMA,
      auth: [{ mode: "apiKey" }],
      sources: { orders: { kind: "dynamodb", table }, local: { kind: "none" } },
      functions: {
        greet: {
          source: "local",
          code: "export const request = (ctx) => ({ payload: ctx.args.name });\nexport const response = (ctx) => ctx.result;",
        },
      },
      resolvers: resolvers(greeting),
      cache: { per: "resolver", size: "SMALL", seconds: 60 },
    });
    return { id: api.apiId, arn: api.apiArn, endpoint: api.endpoint, key: api.apiKey, table: table.tableName };
  };

  /** Asks the API under the name of its own endpoint, which leads to the emulator here. */
  function ask(address: string, key: string, query: string): Promise<{ data?: unknown; errors?: unknown[] }> {
    const { hostname, port } = new URL(endpoint);
    return new Promise((resolve, reject) => {
      const one = request(
        {
          hostname,
          port,
          method: "POST",
          path: "/graphql",
          headers: { host: new URL(address).host, "content-type": "application/json", "x-api-key": key },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("end", () => resolve(JSON.parse(Buffer.concat(parts).toString()) as object));
        },
      );
      one.on("error", reject);
      one.end(JSON.stringify({ query }));
    });
  }

  it("answers queries and mutations by its resolvers, changes in place, and goes without a trace", async () => {
    const apis = await newcomers(async () =>
      ((await client(AppSyncClient).send(new ListGraphqlApisCommand({}))).graphqlApis ?? []).map(
        ({ apiId }) => apiId ?? "",
      ),
    );
    await withStack(async ({ up, preview, refresh, destroy }) => {
      const { outputs } = await up(program("Hello"));
      assert.deepEqual(await preview(program("Hello")), {}, "a second deployment would change something");
      assert.deepEqual(await refresh(program("Hello")), {}, "the emulator tells something else");
      assert.equal(outputs.key?.secret, true);
      const [address, key] = [String(outputs.endpoint?.value), String(outputs.key?.value)];
      const asked = (query: string): ReturnType<typeof ask> => ask(address, key, query);

      const put = await asked('mutation { putOrder(id: "a-1", status: "new", total: 12.5) { id status total } }');
      assert.deepEqual(put, { data: { putOrder: { id: "a-1", status: "new", total: 12.5 } } });
      const { Items: [item] = [] } = await client(DynamoDBClient).send(
        new ScanCommand({ TableName: String(outputs.table?.value) }),
      );
      assert.deepEqual(item, { id: { S: "a-1" }, status: { S: "new" }, total: { N: "12.5" } });
      assert.deepEqual(await asked('{ order(id: "a-1") { status } }'), { data: { order: { status: "new" } } });
      assert.deepEqual(await asked('{ greeting(name: "Ada") }'), { data: { greeting: "Hello Ada" } });
      const refused = await ask(address, "da2-nobody", '{ order(id: "a-1") { status } }');
      assert.ok((refused.errors ?? []).length > 0, JSON.stringify(refused));

      const { WebACL } = await client(WAFV2Client).send(
        new GetWebACLForResourceCommand({ ResourceArn: String(outputs.arn?.value) }),
      );
      assert.deepEqual(
        WebACL?.Rules?.map(({ Name }) => Name),
        [
          "too-many-requests",
          "AWSManagedRulesAmazonIpReputationList",
          "AWSManagedRulesCommonRuleSet",
          "AWSManagedRulesKnownBadInputsRuleSet",
        ],
      );

      assert.deepEqual(await preview(program("Servus")), { update: 1 });
      await up(program("Servus"));
      assert.deepEqual(await asked('{ greeting(name: "Ada") }'), { data: { greeting: "Servus Ada" } });
      await destroy();
      assert.deepEqual(await apis(), []);
    });
  });
});
