/**
 * Orders over GraphQL: clients read and write them in DynamoDB, and subscribers receive every change. Answers are kept for a
 * minute. Users sign in with Cognito, services with IAM.
 */
import { DocumentTable, EncryptionKey, GraphqlApi, NotificationTopic } from "../../components";

const key = new EncryptionKey("orders", { description: "Orders" });
const alerts = new NotificationTopic("alerts", { key, emails: ["orders@example.org"] });
const orders = new DocumentTable("orders", { key, alerts, partitionKey: { name: "id", type: "string" } });

const utils = 'import { util } from "@aws-appsync/utils";';
const result = "export const response = (ctx) => ctx.result;";

const api = new GraphqlApi("orders-api", {
  key,
  alerts,
  auth: [{ mode: "cognito", userPoolId: "eu-central-1_Example01" }, { mode: "iam" }],
  schema: `
    type Order @aws_cognito_user_pools @aws_iam { id: ID! status: String changedAt: AWSDateTime }
    type Query { order(id: ID!): Order }
    type Mutation { setStatus(id: ID!, status: String!): Order @aws_iam }
    type Subscription { statusSet(id: ID): Order @aws_subscribe(mutations: ["setStatus"]) }
  `,
  sources: { orders: { kind: "dynamodb", table: orders } },
  resolvers: {
    "Query.order": {
      source: "orders",
      code: `${utils}
        export const request = (ctx) => ({ operation: "GetItem", key: util.dynamodb.toMapValues({ id: ctx.args.id }) });
        ${result}`,
      cache: { seconds: 60, keys: ["$context.arguments.id"] },
    },
    "Mutation.setStatus": {
      source: "orders",
      code: `${utils}
        export const request = (ctx) => ({
          operation: "PutItem",
          key: util.dynamodb.toMapValues({ id: ctx.args.id }),
          attributeValues: util.dynamodb.toMapValues({ status: ctx.args.status, changedAt: util.time.nowISO8601() }),
        });
        ${result}`,
    },
  },
  cache: { per: "resolver", size: "SMALL", seconds: 60 },
});

export const endpoint = api.endpoint;
export const realtimeEndpoint = api.realtimeEndpoint;
