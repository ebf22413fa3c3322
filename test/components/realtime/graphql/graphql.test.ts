import assert from "node:assert/strict";
import {
  DocumentTable,
  EncryptionKey,
  GraphqlApi,
  NotificationTopic,
  type GraphqlApiArgs,
  type GraphqlResolver,
} from "../../../../components";
import { expiry } from "../../../../components/realtime/graphql/auth";
import { record, type Recording } from "../../../support/harness";

const SCHEMA = `
  type Order { id: ID! status: String }
  type Query { order(id: ID!): Order orders: [Order] }
  type Mutation { putOrder(id: ID!): Order }
  type Subscription { orderPut: Order @aws_subscribe(mutations: ["putOrder"]) }
`;
const CODE = "export const request = () => ({});\nexport const response = (ctx) => ctx.result;";

type Changes = Partial<Omit<GraphqlApiArgs, "key">>;

const make = (changes: Changes = {}): Promise<Recording> =>
  record(() => {
    const key = new EncryptionKey("orders", { description: "Orders" });
    const alerts = new NotificationTopic("alerts", { key });
    const table = (name: string): DocumentTable =>
      new DocumentTable(name, { key, partitionKey: { name: "id", type: "string" } });
    new GraphqlApi("api", {
      key,
      alerts,
      schema: SCHEMA,
      auth: [{ mode: "iam" }],
      sources: {
        orders: { kind: "dynamodb", table: table("orders") },
        synced: { kind: "dynamodb", table: table("synced"), sync: { deltaTable: table("delta") } },
        none: { kind: "none" },
      },
      functions: { check: { source: "none", code: CODE } },
      resolvers: {
        "Query.order": { source: "orders", code: CODE },
        "Query.orders": { pipeline: ["check"], code: CODE },
        "Mutation.putOrder": { source: "synced", code: CODE, conflicts: { handler: "automerge" } },
      },
      ...changes,
    });
  });

const withResolver = (field: string, resolver: GraphqlResolver): Changes => ({
  resolvers: {
    "Query.order": { source: "orders", code: CODE },
    "Query.orders": { source: "orders", code: CODE },
    "Mutation.putOrder": { source: "orders", code: CODE },
    [field]: resolver,
  },
});

describe("GraphqlApi", () => {
  it("changes its functions and resolvers one after the other: AppSync takes one change at a time", async () => {
    const recording = await make();
    const [step] = recording.all("appsync/function:Function");
    const resolvers = recording.all("appsync/resolver:Resolver");
    assert.equal(resolvers.length, 3);
    const before = [step, ...resolvers];
    for (let index = 1; index < before.length; index++) {
      const [one, other] = [before[index - 1], before[index]];
      assert.ok(one && other && recording.dependsOn(other, one), `${other?.name} does not wait for ${one?.name}`);
    }
  });

  it("shows no schema, limits what a query costs, and keeps answers out of logs", async () => {
    const { inputs } = (await make()).one("appsync/graphQLApi:GraphQLApi");
    assert.equal(inputs.introspectionConfig, "DISABLED");
    assert.deepEqual([inputs.queryDepthLimit, inputs.resolverCountLimit], [10, 1000]);
    assert.equal(inputs.logConfig.excludeVerboseContent, true);
    assert.equal(inputs.xrayEnabled, true);
  });

  it("gives each source the rights to its own data only", async () => {
    const recording = await make();
    const [policy] = recording.all("iam/rolePolicy:RolePolicy").filter(({ name }) => name === "api-orders-role-policy");
    assert.ok(policy);
    const items = recording.statements(policy).find(({ Action }) => Action.includes("dynamodb:PutItem"));
    assert.ok(items?.Resource.every((arn) => arn.includes("orders-table")));
    assert.equal(recording.all("iam/role:Role").filter(({ name }) => name === "api-none-role").length, 0);
  });

  it("keeps versions for clients that were offline, and merges their changes", async () => {
    const recording = await make();
    const source = recording.one("appsync/dataSource:DataSource", "api-synced-source").inputs.dynamodbConfig;
    assert.equal(source.versioned, true);
    assert.deepEqual([source.deltaSyncConfig.baseTableTtl, source.deltaSyncConfig.deltaSyncTableTtl], [43200, 1440]);
    assert.deepEqual(recording.one("appsync/resolver:Resolver", "api-Mutation-putOrder").inputs.syncConfig, {
      conflictDetection: "VERSION",
      conflictHandler: "AUTOMERGE",
    });
  });

  it("encrypts its cache both ways", async () => {
    const { inputs } = (await make({ cache: { per: "api", size: "SMALL", seconds: 60 } })).one(
      "appsync/apiCache:ApiCache",
    );
    assert.deepEqual([inputs.atRestEncryptionEnabled, inputs.transitEncryptionEnabled], [true, true]);
  });

  it("makes the log group that AppSync writes to, encrypted and with an end", async () => {
    const recording = await make({ logRetentionDays: 7 });
    const logs = recording.one("cloudwatch/logGroup:LogGroup", "api-logs").inputs;
    assert.match(logs.name, /^\/aws\/appsync\/apis\/.+/);
    assert.deepEqual([logs.retentionInDays, typeof logs.kmsKeyId], [7, "string"]);
  });

  it("has a firewall of its own, an existing one, or none", async () => {
    const of = async (changes: Changes): Promise<number[]> => {
      const recording = await make(changes);
      return [
        recording.all("wafv2/webAcl:WebAcl").length,
        recording.all("wafv2/webAclAssociation:WebAclAssociation").length,
      ];
    };
    assert.deepEqual(await of({}), [1, 1]);
    assert.deepEqual(await of({ firewall: { webAclArn: "arn:aws:wafv2:::acl" } }), [0, 1]);
    assert.deepEqual(await of({ firewall: "none" }), [0, 0]);
  });

  const refused: [string, Changes, RegExp][] = [
    ["a schema that is none", { schema: "type Query { order: Ordr }" }, /schema is "Unknown type .*Ordr/],
    ["a schema that cannot be read", { schema: "type Query {" }, /schema is "Syntax Error/],
    [
      "a resolver of no field",
      withResolver("Query.ordr", { source: "orders", code: CODE }),
      /resolvers is "Query\.ordr"; allowed: fields of Query in the schema: order, orders/,
    ],
    [
      "a resolver of no type",
      withResolver("Qery.order", { source: "orders", code: CODE }),
      /resolvers is "Qery\.order"; allowed: <Type>\.<field>.*Order, Query/,
    ],
    [
      "an unknown source",
      withResolver("Query.order", { source: "order", code: CODE }),
      /resolvers\.Query\.order\.source is "order"; allowed: orders, synced, none/,
    ],
    [
      "an unknown step",
      withResolver("Query.order", { pipeline: ["chek"], code: CODE }),
      /pipeline is "chek"; allowed: check/,
    ],
    [
      "no code where code is needed",
      withResolver("Query.order", { source: "orders" }),
      /resolvers\.Query\.order\.code is unset/,
    ],
    [
      "code without a request",
      withResolver("Query.order", { source: "orders", code: "return 1" }),
      /code is "return 1"; allowed: a module that exports/,
    ],
    [
      "conflicts where nothing is versioned",
      withResolver("Query.order", { source: "orders", code: CODE, conflicts: { handler: "automerge" } }),
      /conflicts is "automerge"; allowed: none, but for a dynamodb source with sync/,
    ],
    [
      "caching without a cache",
      withResolver("Query.order", { source: "orders", code: CODE, cache: { seconds: 5 } }),
      /resolvers\.Query\.order\.cache is/,
    ],
    [
      "a field without a resolver",
      { resolvers: { "Query.order": { source: "orders", code: CODE } } },
      /resolvers is "Query\.orders"; allowed: a resolver for every field/,
    ],
    ["a cache of two hours", { cache: { per: "api", size: "SMALL", seconds: 7200 } }, /cache\.seconds is 7200/],
    [
      "an issuer without TLS",
      { auth: [{ mode: "oidc", issuer: "http://id.example.com" }] },
      /auth\[0\]\.issuer is "http:/,
    ],
    [
      "a key for two years",
      { auth: [{ mode: "apiKey", expiresAfterDays: 730 }] },
      /auth\[0\]\.expiresAfterDays is 730/,
    ],
    ["queries without a limit of depth", { queryDepthLimit: 0 }, /queryDepthLimit is 0/],
    [
      "an endpoint without TLS",
      { sources: { web: { kind: "http", endpoint: "http://example.com" } } },
      /sources\.web\.endpoint is "http:/,
    ],
  ];
  it("reports all problems of its arguments together", async () => {
    const changes = {
      auth: [{ mode: "cognitto" }],
      firewall: { requestsPerFiveMinutes: 5 },
      queryDepthLimit: 99,
      resolvers: { "Query.order": { sorce: "orders", code: CODE } },
    };
    await assert.rejects(make(changes as unknown as Changes), (error: Error) =>
      [
        'auth[0].mode is "cognitto"; allowed: iam, cognito, oidc, lambda, apiKey (did you mean "cognito"?)',
        "firewall.requestsPerFiveMinutes is 5; allowed: a whole number from 10 to 2000000000",
        "queryDepthLimit is 99; allowed: a whole number from 1 to 75",
        'resolvers.Query.order.sorce is "orders"',
      ].every((problem) => error.message.includes(problem)),
    );
  });

  for (const [what, changes, message] of refused) {
    it(`refuses ${what}`, () => assert.rejects(make(changes), message));
  }
});

describe("an API key's end", () => {
  const DAY = 86_400_000;
  const at = Date.UTC(2026, 10, 23);

  it("stays the same over many deployments, and moves on before half of its time is left", () => {
    for (const days of [1, 2, 30, 90, 365]) {
      for (let day = 0; day < 800; day++) {
        const now = at + day * DAY;
        const left = Date.parse(expiry(now, days)) - now;
        assert.ok(left > 0 && left <= Math.max(2, days) * DAY, `${days} days: ${left / DAY} left`);
        if (days >= 2) assert.ok(left >= Math.floor(days / 2) * DAY, `${days} days: ${left / DAY} left`);
      }
      const ends = new Set(Array.from({ length: days }, (_, day) => expiry(at + day * DAY, days)));
      assert.ok(ends.size <= 3, `${ends.size} ends in ${days} days`);
    }
  });
});
