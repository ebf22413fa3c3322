import { loadEnvironment } from "./config";
import { databases, foundation, ingestion, lakehouse, migration, network, realtime } from "./platform";

const environment = loadEnvironment();

const base = foundation(environment);
const house = lakehouse(base, environment);
const pipeline = ingestion(base, house, environment);
const vpc = network(base);
const data = databases(base, house, vpc);
const moved = migration(base, house, vpc);
const { live, api } = realtime(base, house, pipeline, data);

// What other stacks, people and the `platform` command build on: docs/configuration.md describes each.
export const buckets = house.lake.bucketNames;
export const database = house.catalog.databaseName;
export const tables = house.catalog.tableNames;
export const workgroupName = house.workgroup.workgroupName;
export const queryResults = house.workgroup.resultsLocation;
export const stateMachineArn = pipeline.stateMachineArn;
export const ledgerTable = pipeline.ledgerTableName;
export const eventBusArn = pipeline.eventBusArn;
export const etlJobName = pipeline.etlJobName;
export const registrarFunction = house.registrar.functionName;
export const alertTopicArn = base.alerts.topicArn;
export const keyArn = base.key.keyArn;
export const vpcId = vpc?.vpcId;
export const connections = mapped(data.relational, ({ connection }) => connection);
export const databaseSecrets = mapped(data.relational, ({ secretArn }) => secretArn);
export const documentTables = mapped(data.documents, ({ table }) => table.tableName);
export const databaseEventsTopicArn = data.events?.topicArn;
export const migrationTasks = mapped(moved.migrations, ({ taskArns }) => taskArns);
export const transferTasks = mapped(moved.transfers, ({ taskArn }) => taskArn);
export const liveUrl = live?.url;
export const broadcastFunction = live?.broadcastFunctionName;
export const graphqlEndpoint = api?.endpoint;

function mapped<T, R>(of: Readonly<Record<string, T>>, take: (one: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(of).map(([name, one]) => [name, take(one)]));
}
