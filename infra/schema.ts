import { z } from "zod";
import {
  crawlerSettings,
  auroraSettings,
  autoscalingSettings,
  dataLakeSettings,
  firewallSettings,
  ingestionPipelineSettings,
  dataSyncTransferSettings,
  dmsMigrationSettings,
  documentTableSettings,
  logRetentionDays,
  migrationTask,
  networkSettings,
  notificationTopicSettings,
  protectionSettings,
  queryResultDays,
  webSocketApiSettings,
  queryWorkgroupSettings,
  relationalDatabaseSettings,
  replicationInstanceSettings,
  SECRET_SOURCES,
  storageSettings,
  tableChangeLogSettings,
  tableSelection,
  transferOptionSettings,
} from "../components";

/**
 * Every key that an environment may set under `dataplatform:` in `Pulumi.<environment>.yaml`. The settings of components come
 * from the components; what belongs to the environment alone is said here. `docs/configuration.md` is generated from it.
 *
 * `safer` tells `platform diff` which of two values protects more: `higher` or `lower` numbers (unset is least), `longer`
 * times (unset is for ever), `set` for what should be given at all, or values from the weakest to the strongest (null for unset).
 */

const alerts = notificationTopicSettings
  .pick({ emails: true, sms: true, https: true })
  .prefault({})
  .describe("Receivers of rejected files, failed runs and alarms.");

const lake = z
  .strictObject({
    rawExpiryDays: z
      .int()
      .min(1)
      .optional()
      .describe("Days after which ingested raw files are removed; kept for ever when unset.")
      .meta({ safer: "longer" }),
    accessLogRetentionDays: dataLakeSettings.shape.accessLogRetentionDays,
    quarantineRetentionDays: z
      .int()
      .min(1)
      .optional()
      .describe("Days to keep quarantined files and rejected rows; kept for ever when unset.")
      .meta({ safer: "longer" }),
  })
  .prefault({})
  .describe("The data lake's zones.");

const ingestion = ingestionPipelineSettings
  .omit({ logRetentionDays: true })
  .prefault({})
  .describe("The ingestion pipeline.");

const query = z
  .strictObject({
    bytesScannedCutoffGiB: queryWorkgroupSettings.shape.bytesScannedCutoffGiB,
    resultRetentionDays: queryResultDays,
  })
  .prefault({})
  .describe("The Athena workgroup.");

const datasets = z
  .strictObject({
    folder: z.string().default("datasets").describe("Folder of the dataset contracts, relative to the project."),
    only: z.array(z.string()).optional().describe("Deploy just these datasets; all of them when unset."),
  })
  .prefault({})
  .describe("Which datasets the environment holds.");

const discovery = z
  .strictObject({
    schedule: crawlerSettings.shape.schedule.unwrap().default("cron(0 3 * * ? *)").describe("When to crawl, UTC."),
    schemaChange: crawlerSettings.shape.schemaChange,
  })
  .optional()
  .describe("A crawler over the raw zone, for files that have no contract yet. Absent: none.");

const NAME = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "lower-case letters, digits and hyphens, at most 31");

const network = networkSettings
  .omit({ gatewayEndpoints: true, logRetentionDays: true })
  .optional()
  .describe("A VPC for databases and migrations. Absent: none.");

const { readers } = auroraSettings.shape;
const { allocatedGiB, maxAllocatedGiB } = storageSettings.unwrap().shape;

const relationalDatabases = z
  .record(
    NAME,
    relationalDatabaseSettings
      .pick({ engine: true, engineVersion: true, instanceClass: true, databaseName: true, availability: true })
      .extend({
        readers,
        maxReaders: autoscalingSettings.shape.maximum.optional(),
        storageGiB: allocatedGiB,
        maxStorageGiB: maxAllocatedGiB,
        backupRetentionDays: relationalDatabaseSettings.shape.backup.unwrap().shape.retentionDays,
        monitoringSeconds: relationalDatabaseSettings.shape.monitoring.unwrap().shape.intervalSeconds,
        proxy: z.boolean().default(false).describe("A pool of connections in front of the database."),
      }),
  )
  .default({})
  .describe("Databases on RDS, by name. They need `network`.");

const documentTables = z
  .record(
    NAME,
    documentTableSettings
      .pick({ partitionKey: true, sortKey: true, globalIndexes: true, timeToLiveAttribute: true, recoveryDays: true })
      .extend({
        changeLog: z.boolean().default(false).describe("Keeps every change as Parquet in the lake."),
        changeLogSeconds: tableChangeLogSettings.shape.bufferSeconds,
      }),
  )
  .default({})
  .describe("Tables on DynamoDB, by name.");

const databaseEvents = z
  .strictObject({
    emails: notificationTopicSettings.shape.emails,
    archive: z
      .boolean()
      .default(true)
      .describe("Keeps every event in the lake.")
      .meta({ safer: [false, true] }),
  })
  .optional()
  .describe("Alerts about events of the account's databases. Absent: none are sent.")
  .meta({ safer: "set" });

const arn = z.string().startsWith("arn:");

const migrations = z
  .record(
    NAME,
    z.strictObject({
      engine: z.enum(SECRET_SOURCES).describe("Engine of the source."),
      databaseName: z.string().min(1).describe("Database of the source."),
      secretArn: arn.describe("Secret with host, port, username and password."),
      certificateArn: arn.optional().describe("Certificate by which the source is verified."),
      type: migrationTask.shape.type.default("full-load-and-cdc"),
      tables: z
        .array(tableSelection.pick({ schema: true, table: true }))
        .min(1)
        .describe("The tables, by schema and name."),
      ...replicationInstanceSettings.pick({ instanceClass: true, storageGiB: true, multiAz: true }).shape,
      roles: dmsMigrationSettings.shape.roles,
    }),
  )
  .default({})
  .describe("Databases that DMS migrates to the lake, by name. They need `network`.");

const server = {
  host: z.string().min(1).describe("Its name or address."),
  path: z.string().startsWith("/").describe("The folder or share."),
  agentArns: z.array(arn).min(1).describe("DataSync agents that reach it."),
  prefix: z
    .string()
    .regex(/^[^/].*\/$/, "ends with / and does not begin with it")
    .describe("Where files go in the raw zone."),
  schedule: dataSyncTransferSettings.shape.schedule,
  bandwidthMiBps: transferOptionSettings.shape.bandwidthMiBps,
};

const transfers = z
  .record(
    NAME,
    z.strictObject({
      kind: z.enum(["nfs", "smb"]).describe("The protocol of the source."),
      ...server,
      secretArn: arn.optional().describe("Of smb: a secret with username and password."),
    }),
  )
  .default({})
  .describe("Files that DataSync brings from elsewhere, by name.");

const liveUpdates = z
  .strictObject({
    messagesPerSecond: webSocketApiSettings.shape.throttling.unwrap().shape.messagesPerSecond,
    accountLogging: webSocketApiSettings.shape.accountLogging,
  })
  .optional()
  .describe("A WebSocket API that tells its clients when a dataset has changed. Without this key there is none.");

const graphql = z
  .strictObject({
    cognitoUserPoolId: z
      .string()
      .min(1)
      .optional()
      .describe("Users of this Cognito pool may call the API too, besides callers with IAM."),
    requestsPerFiveMinutes: firewallSettings.shape.requestsPerFiveMinutes,
  })
  .optional()
  .describe("A GraphQL API over the document tables. Without this key there is none.");

const powerBi = z
  .strictObject({
    readers: z.array(z.string().startsWith("arn:")).min(1).describe("ARNs of roles that may assume the reader's role."),
  })
  .optional()
  .describe("Power BI over ODBC. Absent: none.");

export const environmentSchema = z.strictObject({
  posture: protectionSettings.shape.posture.unwrap(),
  allowDataLoss: protectionSettings.shape.allowDataLoss,
  owner: z.email().describe("The team that runs this environment; becomes the tag `owner`."),
  costCenter: z.string().min(1).describe("Becomes the tag `cost-center`."),
  account: z
    .string()
    .regex(/^\d{12}$/, "12 digits, quoted")
    .describe("The AWS account of this environment; credentials of another account are refused."),
  permissionsBoundary: z
    .string()
    .min(1)
    .optional()
    .describe("Name of a managed policy that bounds every role of the platform.")
    .meta({ safer: "set" }),
  logRetentionDays,
  alerts,
  lake,
  ingestion,
  query,
  datasets,
  discovery,
  network,
  relationalDatabases,
  documentTables,
  databaseEvents,
  migrations,
  transfers,
  liveUpdates,
  graphql,
  powerBi,
});

export type EnvironmentConfig = z.output<typeof environmentSchema>;
