import { loadEnvironment } from "./config";
import { buildDatabases } from "./databases";
import { buildFoundation } from "./foundation";
import { buildIngestion } from "./ingestion";
import { buildLakehouse } from "./lakehouse";
import { buildMigration } from "./migration";
import { buildNetwork } from "./network";
import { buildRealtime } from "./realtime";

const foundation = buildFoundation(loadEnvironment());
const lakehouse = buildLakehouse(foundation);
const pipeline = buildIngestion(foundation, lakehouse);
const network = buildNetwork(foundation);
const databases = buildDatabases(foundation, lakehouse, network);
const migration = buildMigration(foundation, lakehouse, network);
const realtime = buildRealtime(foundation, pipeline, databases);

// Other stacks, operators and the `platform` command use these outputs. docs/configuration.md describes each.
export const buckets = lakehouse.lake.bucketNames;
export const database = lakehouse.catalog.databaseName;
export const tables = lakehouse.catalog.tableNames;
export const workgroupName = lakehouse.workgroup.workgroupName;
export const queryResults = lakehouse.workgroup.resultsLocation;
export const stateMachineArn = pipeline.stateMachineArn;
export const ledgerTable = pipeline.ledgerTableName;
export const eventBusArn = pipeline.eventBusArn;
export const etlJobName = pipeline.etlJobName;
export const registrarFunction = lakehouse.registrar.functionName;
export const alertTopicArn = foundation.alerts.topicArn;
export const keyArn = foundation.key.keyArn;
export const vpcId = network?.vpcId;
export const connections = mapped(databases.relational, ({ connection }) => connection);
export const databaseSecrets = mapped(databases.relational, ({ secretArn }) => secretArn);
export const documentTables = mapped(databases.documents, ({ table }) => table.tableName);
export const databaseEventsTopicArn = databases.events?.topicArn;
export const migrationTasks = mapped(migration.migrations, ({ taskArns }) => taskArns);
export const transferTasks = mapped(migration.transfers, ({ taskArn }) => taskArn);
export const liveUrl = realtime.live?.url;
export const broadcastFunction = realtime.live?.broadcastFunctionName;
export const graphqlEndpoint = realtime.api?.endpoint;

function mapped<T, R>(entries: Readonly<Record<string, T>>, take: (entry: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, take(entry)]));
}
