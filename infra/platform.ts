import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  BiAccess,
  Crawler,
  DatabaseEvents,
  DataCatalog,
  DataLake,
  DataSyncTransfer,
  DeadLetterQueue,
  DmsMigration,
  DocumentTable,
  EncryptionKey,
  ENCRYPTION_KEY_DEFAULTS,
  GraphqlApi,
  IngestionPipeline,
  Network,
  NotificationTopic,
  PartitionRegistrar,
  QueryWorkgroup,
  RelationalDatabase,
  TableChangeLog,
  WebSocketApi,
  type KeyUser,
  type NetworkView,
  type Publisher,
} from "../components";
import type { Environment } from "./config";
import { tablesApi } from "./tables-api";

/** What every stage stands on. */
export function foundation({ environment, region, config, protection, tags }: Environment) {
  const provider = new aws.Provider("aws", { region, allowedAccountIds: [config.account], defaultTags: { tags } });
  const opts: pulumi.ComponentResourceOptions = { providers: [provider] };
  const permissionsBoundary =
    config.permissionsBoundary &&
    pulumi.interpolate`arn:${aws.getPartitionOutput({}, { provider }).partition}:iam::${config.account}:policy/${config.permissionsBoundary}`;
  const migrates = Object.keys(config.migrations).length > 0;
  const users: KeyUser[] = [
    ...ENCRYPTION_KEY_DEFAULTS.users,
    ...(config.databaseEvents ? (["rds-events"] as const) : []),
    ...(migrates ? (["dms"] as const) : []),
  ];
  const publishers: Publisher[] = ["events", "cloudwatch", ...(migrates ? (["dms"] as const) : [])];
  const key = new EncryptionKey("platform", { description: `Data platform, ${environment}`, users, protection }, opts);
  const alerts = new NotificationTopic(
    "alerts",
    { key, publishers, displayName: `Data platform ${environment}`, ...config.alerts },
    opts,
  );
  const common = { key, protection, permissionsBoundary };
  const logRetentionDays = config.logRetentionDays;
  return { environment, config, opts, key, alerts, common, permissionsBoundary, logRetentionDays };
}
type Foundation = ReturnType<typeof foundation>;

/** The lake, what describes it, and who may ask it. */
export function lakehouse(
  { config, opts, key, alerts, common, ...base }: Foundation,
  { contracts, databaseName }: Environment,
) {
  const { protection, permissionsBoundary } = common;
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
  const deadLetters = new DeadLetterQueue("undelivered", { key, fromEventBridge: true }, opts);
  const catalog = new DataCatalog("catalog", { lake, key, contracts, databaseName }, opts);
  const runtime = {
    architecture: config.ingestion.architecture,
    logRetentionDays: base.logRetentionDays,
    permissionsBoundary,
  };
  const registrar = new PartitionRegistrar(
    "registrar",
    { lake, catalog, key, deadLetterQueueArn: deadLetters.queueArn, ...runtime },
    opts,
  );
  const bytesScannedCutoff = Math.ceil(config.query.bytesScannedCutoffGiB * 1024 ** 3);
  const workgroup = new QueryWorkgroup("analysts", { lake, catalog, key, protection, bytesScannedCutoff }, opts);
  if (config.discovery) {
    new Crawler(
      "discovery",
      {
        catalog,
        key,
        alerts,
        ...config.discovery,
        targets: { s3: [{ bucket: lake.zones.raw }] },
        tablePrefix: "raw_",
        permissionsBoundary,
      },
      opts,
    );
  }
  if (config.powerBi) new BiAccess("power-bi", { lake, catalog, workgroup, ...common, ...config.powerBi }, opts);
  return { lake, catalog, registrar, workgroup, deadLetters, runtime };
}
type Lakehouse = ReturnType<typeof lakehouse>;

/** What lands becomes Parquet. */
export function ingestion(
  { environment, config, opts, alerts, common }: Foundation,
  house: Lakehouse,
  { contracts }: Environment,
) {
  const { lake, catalog, registrar, deadLetters, runtime } = house;
  return new IngestionPipeline(
    "ingestion",
    {
      lake,
      catalog,
      registrar,
      deadLetters,
      alerts,
      contracts,
      environment,
      ...common,
      ...config.ingestion,
      ...runtime,
    },
    opts,
  );
}

export function network({ config, opts, key, permissionsBoundary, logRetentionDays }: Foundation): Network | undefined {
  if (!config.network) return undefined;
  const flowLogRetentionDays = logRetentionDays;
  return new Network("network", { key, permissionsBoundary, flowLogRetentionDays, ...config.network }, opts);
}

/** Databases of both kinds, and who hears of them. */
export function databases(
  { config, opts, key, alerts, common, permissionsBoundary, logRetentionDays }: Foundation,
  { lake, catalog, runtime }: Lakehouse,
  within: NetworkView | undefined,
) {
  const relational = Object.entries(within ? config.relationalDatabases : {}).map(([name, settings]) => {
    const { readers, mostReaders, storageGiB, mostStorageGiB, backupRetentionDays, monitoringSeconds, proxy } =
      settings;
    const isAurora = settings.engine.startsWith("aurora");
    const least = Math.max(1, readers ?? 1);
    const database = new RelationalDatabase(
      name,
      {
        ...common,
        alerts,
        network: within as NetworkView,
        engine: settings.engine,
        engineVersion: settings.engineVersion,
        instanceClass: settings.instanceClass,
        databaseName: settings.databaseName,
        availability: settings.availability,
        clients: { cidrBlocks: [config.network?.cidrBlock ?? ""] },
        ...(isAurora
          ? { aurora: { readers, ...(mostReaders ? { autoscaling: { minimum: least, maximum: mostReaders } } : {}) } }
          : { storage: { allocatedGiB: storageGiB, maxAllocatedGiB: mostStorageGiB } }),
        backup: { retentionDays: backupRetentionDays },
        logs: { retentionDays: logRetentionDays },
        monitoring: { intervalSeconds: monitoringSeconds },
        ...(proxy ? { proxy: {} } : {}),
      },
      opts,
    );
    return [name, database] as const;
  });
  const documents = Object.entries(config.documentTables).map(([name, settings]) => {
    const { changeLog, changeLogSeconds, ...shape } = settings;
    const stream = changeLog ? ("both" as const) : undefined;
    const table = new DocumentTable(name, { ...common, alerts, ...shape, stream }, opts);
    if (changeLog) {
      const target = { table, lake, key, alerts, databaseName: catalog.databaseName };
      new TableChangeLog(`${name}-changes`, { ...target, bufferSeconds: changeLogSeconds, ...runtime }, opts);
    }
    return [name, { config: settings, table }] as const;
  });
  const events =
    config.databaseEvents &&
    new DatabaseEvents(
      "database-events",
      {
        key,
        alerts,
        permissionsBoundary,
        logRetentionDays,
        emails: config.databaseEvents.emails,
        ...(config.databaseEvents.archive ? { archive: { lake } } : {}),
      },
      opts,
    );
  return { relational: Object.fromEntries(relational), documents: Object.fromEntries(documents), events };
}
type Databases = ReturnType<typeof databases>;

/** What comes from elsewhere: databases by DMS, files by DataSync. */
export function migration(
  { config, opts, key, alerts, common, permissionsBoundary, logRetentionDays }: Foundation,
  { lake }: Lakehouse,
  within: NetworkView | undefined,
) {
  const migrations = Object.entries(within ? config.migrations : {}).map(([name, settings]) => {
    const { engine, databaseName, secretArn, certificateArn, type, tables, instanceClass, storageGiB, multiAz, roles } =
      settings;
    const made = new DmsMigration(
      name,
      {
        ...common,
        alerts,
        network: within as NetworkView,
        roles,
        compute: { kind: "instance", instanceClass, storageGiB, multiAz },
        source: {
          engine,
          databaseName,
          secretArn,
          ...(certificateArn ? { certificate: { arn: certificateArn } } : {}),
        } as never,
        target: { engine: "s3", lake, prefix: `dms/${name}/` },
        tasks: { all: { type, tables } },
      },
      opts,
    );
    return [name, made] as const;
  });
  const transfers = Object.entries(config.transfers).map(([name, settings]) => {
    const { kind, host, path, secretArn, agentArns, prefix, schedule, bandwidthMiBps } = settings;
    const made = new DataSyncTransfer(
      name,
      {
        key,
        alerts,
        permissionsBoundary,
        logRetentionDays,
        source:
          kind === "nfs"
            ? { kind, host, path, agentArns }
            : { kind, host, path, agentArns, secretArn: secretArn ?? "" },
        destination: { kind: "s3", bucket: lake.zones.raw, prefix },
        schedule,
        options: { bandwidthMiBps },
        reports: { bucket: lake.zones.artifacts },
      },
      opts,
    );
    return [name, made] as const;
  });
  return { migrations: Object.fromEntries(migrations), transfers: Object.fromEntries(transfers) };
}

/** Clients that hear at once: of datasets over WebSocket, of tables over GraphQL. */
export function realtime(
  { config, opts, key, alerts, common, permissionsBoundary, logRetentionDays }: Foundation,
  { runtime }: Lakehouse,
  pipeline: IngestionPipeline,
  { documents }: Databases,
) {
  const live =
    config.liveUpdates &&
    new WebSocketApi(
      "live",
      {
        ...common,
        ...runtime,
        alerts,
        throttling: {
          messagesPerSecond: config.liveUpdates.messagesPerSecond,
          burst: config.liveUpdates.messagesPerSecond,
        },
        accountLogging: config.liveUpdates.accountLogging,
      },
      opts,
    );
  live?.broadcastFrom("datasets", {
    kind: "events",
    channel: "datasets",
    busName: pipeline.eventBusName,
    pattern: { source: ["dataplatform.ingestion"], "detail-type": ["Dataset updated"] },
  });
  const users = config.graphql?.cognitoUserPoolId;
  const api =
    config.graphql &&
    new GraphqlApi(
      "tables-api",
      {
        key,
        alerts,
        permissionsBoundary,
        logRetentionDays,
        ...tablesApi(documents),
        auth: [{ mode: "iam" }, ...(users ? [{ mode: "cognito", userPoolId: users } as const] : [])],
        firewall: { requestsPerFiveMinutes: config.graphql.requestsPerFiveMinutes },
      },
      opts,
    );
  return { live, api };
}
