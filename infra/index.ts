import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  Crawler,
  DataCatalog,
  DataLake,
  DeadLetterQueue,
  EncryptionKey,
  IngestionPipeline,
  NotificationTopic,
  PartitionRegistrar,
  QueryWorkgroup,
} from "../components";
import { loadEnvironment } from "./config";

const { environment, region, config, contracts, protection, tags, databaseName } = loadEnvironment();

const provider = new aws.Provider("aws", {
  region,
  allowedAccountIds: [config.account],
  defaultTags: { tags },
});
const opts: pulumi.ComponentResourceOptions = { providers: [provider] };
const permissionsBoundary =
  config.permissionsBoundary &&
  pulumi.interpolate`arn:${aws.getPartitionOutput({}, { provider }).partition}:iam::${config.account}:policy/${config.permissionsBoundary}`;
const runtime = {
  architecture: config.ingestion.architecture,
  logRetentionDays: config.logRetentionDays,
  permissionsBoundary,
};

const key = new EncryptionKey("platform", { description: `Data platform, ${environment}`, protection }, opts);
const alerts = new NotificationTopic(
  "alerts",
  { key, displayName: `Data platform ${environment}`, ...config.alerts },
  opts,
);

const deadLetters = new DeadLetterQueue("undelivered", { key, fromEventBridge: true }, opts);

const lake = new DataLake(
  "lake",
  {
    key,
    contracts,
    protection,
    accessLogRetentionDays: config.lake.accessLogRetentionDays,
    zones: {
      raw: {
        eventBridge: true,
        retention: { infrequentAccessAfterDays: 30, expireAfterDays: config.lake.rawExpiryDays },
      },
      quarantine: { retention: { expireAfterDays: config.lake.quarantineRetentionDays } },
      "query-results": {
        retention: { expireAfterDays: config.query.resultRetentionDays, noncurrentExpireAfterDays: 1 },
      },
    },
  },
  opts,
);

const catalog = new DataCatalog("catalog", { lake, key, contracts, databaseName }, opts);
const registrar = new PartitionRegistrar(
  "registrar",
  { lake, catalog, key, deadLetterQueueArn: deadLetters.queueArn, ...runtime },
  opts,
);
const workgroup = new QueryWorkgroup(
  "analysts",
  { lake, catalog, key, protection, bytesScannedCutoff: Math.ceil(config.query.bytesScannedCutoffGiB * 1024 ** 3) },
  opts,
);
if (config.discovery) {
  const { schedule, schemaChange } = config.discovery;
  new Crawler(
    "discovery",
    {
      catalog,
      key,
      alerts,
      schedule,
      schemaChange,
      targets: { s3: [{ bucket: lake.zones.raw }] },
      tablePrefix: "raw_",
      permissionsBoundary,
    },
    opts,
  );
}

const ingestion = new IngestionPipeline(
  "ingestion",
  {
    lake,
    catalog,
    registrar,
    key,
    alerts,
    deadLetters,
    contracts,
    environment,
    protection,
    ...config.ingestion,
    ...runtime,
  },
  opts,
);

// What other stacks, people and the `platform` command build on: docs/configuration.md describes each.
export const buckets = lake.bucketNames;
export const database = catalog.databaseName;
export const tables = catalog.tableNames;
export const workgroupName = workgroup.workgroupName;
export const queryResults = workgroup.resultsLocation;
export const stateMachineArn = ingestion.stateMachineArn;
export const ledgerTable = ingestion.ledgerTableName;
export const eventBusArn = ingestion.eventBusArn;
export const etlJobName = ingestion.etlJobName;
export const registrarFunction = registrar.functionName;
export const alertTopicArn = alerts.topicArn;
export const keyArn = key.keyArn;
