import type { Properties } from "../../recorded";
import { assumption, placeOf, roleNeeds, serviceNeed, type Need, type NeedsOf, type Reason } from "./need";

const DOCS = "https://docs.aws.amazon.com";
const SOURCES = {
  appSyncLogs: `${DOCS}/appsync/latest/devguide/monitoring.html`,
  dataSources: `${DOCS}/appsync/latest/devguide/attaching-a-data-source.html`,
  resolvers: `${DOCS}/appsync/latest/devguide/js-resolver-reference-dynamodb.html`,
  rds: `${DOCS}/appsync/latest/devguide/tutorial-rds-resolvers-js.html`,
  apiLogs: `${DOCS}/apigateway/latest/developerguide/set-up-logging.html`,
  integrations: `${DOCS}/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html`,
};

/** What AppSync does with the role of an API's logs. */
export const graphqlApiNeeds: NeedsOf = (api, program) => {
  const role = api.inputs.logConfig?.cloudwatchLogsRoleArn;
  const { partition, region, account } = placeOf(api.state.arn);
  const group = `arn:${partition}:logs:${region}:${account}:log-group:/aws/appsync/apis/${api.state.id}`;
  const reason: Reason = { by: api, why: "it logs", source: SOURCES.appSyncLogs };
  return [
    ...assumption(program, role, "appsync.amazonaws.com", reason),
    ...roleNeeds(program, role, [[["logs:CreateLogStream", "logs:PutLogEvents"], [`${group}:log-stream:*`]]], reason),
  ];
};

/** What AppSync does with the role of a data source: the operations of the resolvers that use it. */
export const dataSourceNeeds: NeedsOf = (source, program) => {
  const { inputs, state } = source;
  const role = inputs.serviceRoleArn;
  const { partition, region, account } = placeOf(state.arn);
  const reason = (why: string, page: string): Reason => ({ by: source, why, source: page });
  const use = reason("its resolvers use it", SOURCES.dataSources);
  const grant = (actions: readonly string[], resources: readonly string[], why = use): Need[] =>
    roleNeeds(program, role, [[actions, resources]], why);
  const needs = assumption(program, role, "appsync.amazonaws.com", use);
  const { dynamodbConfig, lambdaConfig, eventBridgeConfig, relationalDatabaseConfig } = inputs as Properties;
  if (lambdaConfig) needs.push(...grant(["lambda:InvokeFunction"], [lambdaConfig.functionArn]));
  if (eventBridgeConfig) needs.push(...grant(["events:PutEvents"], [eventBridgeConfig.eventBusArn]));
  if (dynamodbConfig) {
    const table = `arn:${partition}:dynamodb:${region}:${account}:table/${dynamodbConfig.tableName}`;
    const actions = operationsOf(
      source.inputs,
      program.of("aws:appsync/resolver:Resolver"),
      program.of("aws:appsync/function:Function"),
    );
    needs.push(...grant(actions, [table], reason("a resolver of it asks for it", SOURCES.resolvers)));
  }
  const endpoint = relationalDatabaseConfig?.httpEndpointConfig;
  if (endpoint) {
    const why = reason("its resolvers use the Data API", SOURCES.rds);
    needs.push(
      ...grant(
        [
          "rds-data:ExecuteStatement",
          "rds-data:BatchExecuteStatement",
          "rds-data:BeginTransaction",
          "rds-data:CommitTransaction",
          "rds-data:RollbackTransaction",
        ],
        [endpoint.dbClusterIdentifier],
        why,
      ),
      ...grant(["secretsmanager:GetSecretValue"], [endpoint.awsSecretStoreArn], why),
    );
  }
  return needs;
};

const DYNAMODB_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  GetItem: ["GetItem"],
  PutItem: ["PutItem"],
  UpdateItem: ["UpdateItem"],
  DeleteItem: ["DeleteItem"],
  Query: ["Query"],
  Scan: ["Scan"],
  Sync: ["Query", "Scan"],
  BatchGetItem: ["BatchGetItem"],
  BatchPutItem: ["BatchWriteItem"],
  BatchDeleteItem: ["BatchWriteItem"],
  TransactGetItems: ["GetItem"],
  TransactWriteItems: ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"],
};

/** Returns the actions for the operations that the code of a source's resolvers names. */
function operationsOf(source: Properties, ...users: readonly (readonly { readonly inputs: Properties }[])[]): string[] {
  const texts = users
    .flat()
    .flatMap(({ inputs }) =>
      inputs.dataSource === source.name && inputs.apiId === source.apiId
        ? [String(inputs.code ?? inputs.requestTemplate ?? "")]
        : [],
    );
  const names = texts.flatMap((text) =>
    [...text.matchAll(/["']?operation["']?\s*:\s*["'](\w+)["']/g)].map(([, name = ""]) => name),
  );
  return [...new Set(names.flatMap((name) => DYNAMODB_OPERATIONS[name] ?? []))].map((action) => `dynamodb:${action}`);
}

/** What API Gateway does with the account's role of logs. */
export const apiAccountNeeds: NeedsOf = (account, program) => {
  const role = account.inputs.cloudwatchRoleArn;
  const reason: Reason = { by: account, why: "APIs of the region log", source: SOURCES.apiLogs };
  const actions = [
    "CreateLogGroup",
    "CreateLogStream",
    "DescribeLogGroups",
    "DescribeLogStreams",
    "PutLogEvents",
    "GetLogEvents",
    "FilterLogEvents",
  ];
  return [
    ...assumption(program, role, "apigateway.amazonaws.com", reason),
    ...roleNeeds(program, role, [[actions.map((action) => `logs:${action}`), ["*"]]], reason),
  ];
};

/** How API Gateway reaches the function of an integration. */
export const integrationNeeds: NeedsOf = (integration, program) => {
  const arn = /functions\/(arn:[^/]+)\/invocations/.exec(String(integration.inputs.integrationUri ?? ""))?.[1];
  const fn = arn === undefined ? undefined : program.at(arn);
  const api = program.of("aws:apigatewayv2/api:Api").find(({ state }) => state.id === integration.inputs.apiId);
  if (!fn || !api || integration.inputs.credentialsArn) return [];
  const reason: Reason = { by: integration, why: "a route calls it", source: SOURCES.integrations };
  return [
    serviceNeed(
      "apigateway.amazonaws.com",
      "lambda:InvokeFunction",
      fn.state.arn,
      reason,
      `${api.state.executionArn}/stage/route`,
    ),
  ];
};
