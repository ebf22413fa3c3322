/** The component library: everything an environment is composed of. */
export { DeadLetterQueue, type DeadLetterQueueArgs } from "./core/dead-letter-queue";
export {
  EncryptionKey,
  encryptionKeySettings,
  KEY_USERS,
  type EncryptionKeyArgs,
  type KeyUser,
} from "./core/encryption-key";
export { policyDocument, serviceRole, type ServiceRoleArgs, type Statement } from "./core/iam";
export {
  INTERFACE_ENDPOINTS,
  Network,
  networkSettings,
  type InterfaceEndpoint,
  type NetworkArgs,
} from "./core/network";
export type { NetworkView } from "./core/network/view";
export {
  NotificationTopic,
  notificationTopicSettings,
  type NotificationTopicArgs,
  type Publisher,
} from "./core/notification-topic";
export { logRetentionDays, type LogRetentionDays } from "./core/log-retention";
export { recoveryDays } from "./core/recovery-days";
export { permissionsBoundaryTransform } from "./core/permissions-boundary";
export { PlatformComponent, type Stage } from "./core/platform-component";
export { Scope, type AwsContext } from "./core/scope";
export type { Resolved, Settings } from "./core/settings";
export {
  PlatformFunction,
  platformFunctionSettings,
  type Architecture,
  type PlatformFunctionArgs,
} from "./core/platform-function";
export { dataProtection, protectionSettings, type DataProtection, type Protection } from "./core/protection";
export { ArgumentCheck, ComponentArgumentError, type ArgumentProblem } from "./core/validate";
export type { EventTarget } from "./storage/secure-bucket/events";
export type { Replication } from "./storage/secure-bucket/options";
export {
  DataLake,
  dataLakeSettings,
  ZONES,
  zoneSettings,
  type DataLakeArgs,
  type Zone,
  type ZoneArgs,
} from "./storage/data-lake";
export { queryResultDays } from "./storage/data-lake/zones";
export { LakeDelivery, lakeDeliverySettings, type LakeDeliveryArgs } from "./storage/lake-delivery";
export { retentionSettings, type Retention } from "./storage/secure-bucket/lifecycle";
export { SecureBucket, secureBucketSettings, type SecureBucketArgs } from "./storage/secure-bucket";
export type { Classifier } from "./catalog/crawler/classifiers";
export { Crawler, crawlerSettings, type CrawlerArgs } from "./catalog/crawler";
export type { CrawlerTargets } from "./catalog/crawler/targets";
export { DataCatalog, dataCatalogSettings, type DataCatalogArgs } from "./catalog/data-catalog";
export { addPartitionDdl, msckRepairDdl, partitionDdl } from "./catalog/data-catalog/partition-ddl";
export {
  PartitionRegistrar,
  partitionRegistrarSettings,
  type PartitionRegistrarArgs,
} from "./catalog/partition-registrar";
export {
  QueryWorkgroup,
  queryWorkgroupSettings,
  type NamedQueryArgs,
  type QueryWorkgroupArgs,
} from "./catalog/query-workgroup";
export { GlueEtlJob, glueEtlJobSettings, type GlueEtlJobArgs } from "./ingestion/glue-etl-job";
export { IngestionPipeline, ingestionPipelineSettings, type IngestionPipelineArgs } from "./ingestion/pipeline";
export { DocumentTable, type DocumentTableArgs } from "./databases/document-table";
export { documentTableSettings } from "./databases/document-table/settings";
export { streamTriggerSettings, type StreamTriggerArgs } from "./databases/document-table/stream";
export type { ConnectionGuide } from "./databases/relational/connection-guide";
export { DATABASE_ENGINES, type DatabaseEngine } from "./databases/relational/engine-facts";
export { RelationalDatabase, type RelationalDatabaseArgs } from "./databases/relational";
export { auroraSettings, autoscalingSettings, relationalDatabaseSettings } from "./databases/relational/settings";
export { storageSettings } from "./databases/relational/storage";
export type { Capacity } from "./databases/document-table/capacity";
export { TableChangeLog, tableChangeLogSettings, type TableChangeLogArgs } from "./databases/table-change-log";
export type { KeyAttribute } from "./databases/document-table/keys";
export type { TableOrigin } from "./databases/document-table/origin";
export { alarm, type AlarmArgs } from "./core/alarm";
export {
  DatabaseEvents,
  databaseEventsSettings,
  type DatabaseEventsArgs,
  type DatabaseEventSubscription,
} from "./databases/events";
export { CRITICAL_CATEGORIES, EVENT_CATEGORIES, type EventSource } from "./databases/events/categories";
export { DataSyncTransfer, type DataSyncTransferArgs } from "./migration/datasync";
export { DataSyncLogs, dataSyncLogsSettings, type DataSyncLogsArgs } from "./migration/datasync/logs";
export type { LocationKind, TransferLocation } from "./migration/datasync/locations";
export { transferOptionSettings, type TransferOptions } from "./migration/datasync/options";
export { dataSyncTransferSettings } from "./migration/datasync/settings";
export { DmsMigration, type DmsMigrationArgs } from "./migration/dms";
export {
  SECRET_SOURCES,
  type MigrationCertificate,
  type MigrationSource,
  type MigrationTarget,
} from "./migration/dms/endpoints/settings";
export { replicationInstanceSettings, type MigrationCompute } from "./migration/dms/compute";
export { ACCOUNT_ROLE_NAMES } from "./migration/dms/roles";
export { dmsMigrationSettings } from "./migration/dms/settings";
export { migrationTask, type MigrationTask, type TaskCommands } from "./migration/dms/tasks";
export { tableMappings, tableSelection, type TableRules, type Transformation } from "./migration/dms/table-mappings";
export { normalisedSettings, taskSettings, type TaskTuning } from "./migration/dms/task-settings";
export { WebSocketApi } from "./realtime/websocket";
export {
  webSocketApiSettings,
  type RouteFunction,
  type WebSocketApiArgs,
  type WebSocketAuthorizer,
  type WebSocketRoute,
} from "./realtime/websocket/arguments";
export type { BroadcastSource, ChangeStream } from "./realtime/websocket/broadcast";
export { GraphqlApi } from "./realtime/graphql";
export { graphqlApiSettings, type GraphqlApiArgs } from "./realtime/graphql/arguments";
export type { GraphqlAuth } from "./realtime/graphql/auth";
export { firewallSettings, type Firewall } from "./realtime/graphql/firewall";
export type { ConflictHandling, GraphqlResolver, GraphqlStep } from "./realtime/graphql/resolvers";
export type { GraphqlSource, GraphqlTable } from "./realtime/graphql/sources";
export { BiAccess, biAccessSettings, type BiAccessArgs } from "./catalog/bi-access";
export type { OdbcSettings } from "./catalog/bi-access/odbc";
