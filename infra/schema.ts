import { z } from "zod";
import {
  crawlerSettings,
  auroraSettings,
  autoscalingSettings,
  dataCatalogSettings,
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
 * The keys that an environment may set under `dataplatform:` in `Pulumi.<environment>.yaml`. The settings of components come
 * from the components; only the environment's own settings are defined here. `docs/configuration.md` is generated from this schema.
 *
 * `safer` defines for `platform diff` which of two values protects more: `higher` or `lower` numbers (unset is least), `longer`
 * times (unset is for ever), `set` if any value protects more than none, or values from the weakest to the strongest (null for unset).
 */

const alerts = notificationTopicSettings
  .pick({ emails: true, sms: true, https: true })
  .prefault({})
  .describe("The receivers of alerts about rejected files, failed runs and alarms.");

const lake = z
  .strictObject({
    rawExpiryDays: z
      .int()
      .min(1)
      .optional()
      .describe("The days after which ingested raw files are deleted. They are kept for ever if unset.")
      .meta({ safer: "longer" }),
    accessLogRetentionDays: dataLakeSettings.shape.accessLogRetentionDays,
    quarantineRetentionDays: z
      .int()
      .min(1)
      .optional()
      .describe("The days to keep quarantined files and rejected rows. They are kept for ever if unset.")
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
    folder: z.string().default("datasets").describe("The folder of the dataset contracts, relative to the project."),
    only: z.array(z.string()).optional().describe("The datasets to deploy. All are deployed if unset."),
  })
  .prefault({})
  .describe("The datasets of the environment.");

const discovery = z
  .strictObject({
    schedule: crawlerSettings.shape.schedule
      .unwrap()
      .default("cron(0 3 * * ? *)")
      .describe("The schedule of the crawler, in UTC."),
    schemaChange: crawlerSettings.shape.schemaChange,
  })
  .optional()
  .describe("A crawler over the raw zone, for files without a contract. Without this key there is none.");

const NAME = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, "lower-case letters, digits and hyphens, at most 31");

const network = networkSettings
  .omit({ gatewayEndpoints: true, logRetentionDays: true })
  .optional()
  .describe("A VPC for databases and migrations. Without this key there is none.");

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
        proxy: z
          .boolean()
          .default(false)
          .describe("Whether a proxy with a pool of connections is in front of the database."),
      }),
  )
  .default({})
  .describe("The databases on RDS, by name. They need `network`.");

const documentTables = z
  .record(
    NAME,
    documentTableSettings
      .pick({ partitionKey: true, sortKey: true, globalIndexes: true, timeToLiveAttribute: true, recoveryDays: true })
      .extend({
        changeLog: z.boolean().default(false).describe("Whether every change is kept as Parquet in the lake."),
        changeLogSeconds: tableChangeLogSettings.shape.bufferSeconds,
      }),
  )
  .default({})
  .describe("The tables on DynamoDB, by name.");

const databaseEvents = z
  .strictObject({
    emails: notificationTopicSettings.shape.emails,
    archive: z
      .boolean()
      .default(true)
      .describe("Whether every event is kept in the lake.")
      .meta({ safer: [false, true] }),
  })
  .optional()
  .describe("Alerts about events of the account's databases. Without this key none are sent.")
  .meta({ safer: "set" });

const arn = z.string().startsWith("arn:");

const migrations = z
  .record(
    NAME,
    z.strictObject({
      engine: z.enum(SECRET_SOURCES).describe("The database engine of the source."),
      databaseName: z.string().min(1).describe("The name of the source database."),
      secretArn: arn.describe("The secret with host, port, username and password."),
      certificateArn: arn.optional().describe("The certificate that verifies the source."),
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
  .describe("The databases that DMS migrates to the lake, by name. They need `network`.");

const server = {
  host: z.string().min(1).describe("The name or address of the source."),
  path: z.string().startsWith("/").describe("The folder or share of the source."),
  agentArns: z.array(arn).min(1).describe("The DataSync agents that can reach the source."),
  prefix: z
    .string()
    .regex(/^[^/].*\/$/, "ends with / and does not begin with it")
    .describe("The prefix of the files in the raw zone."),
  schedule: dataSyncTransferSettings.shape.schedule,
  bandwidthMiBps: transferOptionSettings.shape.bandwidthMiBps,
};

const transfers = z
  .record(
    NAME,
    z.strictObject({
      kind: z.enum(["nfs", "smb"]).describe("The protocol of the source."),
      ...server,
      secretArn: arn.optional().describe("The secret with username and password, which smb needs."),
    }),
  )
  .default({})
  .describe("The transfers of files from other systems by DataSync, by name.");

const liveUpdates = z
  .strictObject({
    messagesPerSecond: webSocketApiSettings.shape.throttling.unwrap().shape.messagesPerSecond,
  })
  .optional()
  .describe("A WebSocket API that informs its clients when a dataset has changed. Without this key there is none.");

const graphql = z
  .strictObject({
    cognitoUserPoolId: z
      .string()
      .min(1)
      .optional()
      .describe("The Cognito pool whose users may call the API in addition to callers with IAM."),
    requestsPerFiveMinutes: firewallSettings.shape.requestsPerFiveMinutes,
  })
  .optional()
  .describe("A GraphQL API over the document tables. Without this key there is none.");

const powerBi = z
  .strictObject({
    readers: z
      .array(z.string().startsWith("arn:"))
      .min(1)
      .describe("The ARNs of the roles that may assume the reader's role."),
  })
  .optional()
  .describe("The access of Power BI over ODBC. Without this key there is none.");

const accountWide = z
  .strictObject({
    glueCatalogEncryption: dataCatalogSettings.shape.encryptAccountCatalog,
    apiGatewayLogging: z
      .boolean()
      .default(false)
      .describe(
        "Registers a role through which API Gateway writes the logs of all APIs, in place of the registered one. `liveUpdates` needs a registered role.",
      ),
    databaseMonitoringLogs: z
      .boolean()
      .default(false)
      .describe(
        "Declares the log group `RDSOSMetrics` of all databases with the key and `logRetentionDays`. RDS makes it without a key and keeps its events for 30 days.",
      )
      .meta({ safer: [false, true] }),
  })
  .prefault({})
  .describe(
    "Settings of the whole account and region, off unless this environment is the one that owns them: they affect other teams, and two environments of an account and region overwrite each other.",
  );

export const environmentSchema = z.strictObject({
  posture: protectionSettings.shape.posture.unwrap(),
  allowDataLoss: protectionSettings.shape.allowDataLoss,
  owner: z.email().describe("The team that runs this environment: the value of the tag `owner`."),
  costCenter: z.string().min(1).describe("The cost center: the value of the tag `cost-center`."),
  account: z
    .string()
    .regex(/^\d{12}$/, "12 digits, quoted")
    .describe("The AWS account of this environment. Credentials of another account are refused."),
  permissionsBoundary: z
    .string()
    .min(1)
    .optional()
    .describe("The name of a managed policy that bounds every role of the platform.")
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
  accountWide,
});

export type EnvironmentConfig = z.output<typeof environmentSchema>;
