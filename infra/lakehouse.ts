import {
  BiAccess,
  Crawler,
  DataCatalog,
  DataLake,
  DeadLetterQueue,
  PartitionRegistrar,
  QueryWorkgroup,
} from "../components";
import type { Foundation } from "./foundation";

/** The data lake, its catalog, and the access of analysts. */
export interface Lakehouse {
  readonly lake: DataLake;
  readonly catalog: DataCatalog;
  readonly registrar: PartitionRegistrar;
  readonly workgroup: QueryWorkgroup;
  /** The queue that keeps failed events and invocations of all stages. */
  readonly deadLetters: DeadLetterQueue;
}

/** Creates the lake, the catalog that describes it, and the access of analysts. */
export function buildLakehouse(base: Foundation): Lakehouse {
  const { options, key, alerts, protection, logRetentionDays } = base;
  const { config, contracts, databaseName } = base.environment;
  const lake = new DataLake(
    "lake",
    {
      key,
      contracts,
      protection,
      accessLogRetentionDays: config.lake.accessLogRetentionDays,
      zones: {
        raw: { retention: { expireAfterDays: config.lake.rawExpiryDays } },
        quarantine: { retention: { expireAfterDays: config.lake.quarantineRetentionDays } },
        "query-results": { retention: { expireAfterDays: config.query.resultRetentionDays } },
      },
    },
    options,
  );
  const deadLetters = new DeadLetterQueue("undelivered", { key, fromEventBridge: true }, options);
  const catalog = new DataCatalog(
    "catalog",
    { lake, key, contracts, databaseName, encryptAccountCatalog: config.accountWide.glueCatalogEncryption },
    options,
  );
  const { architecture } = config.ingestion;
  const deadLetterQueueArn = deadLetters.queueArn;
  const registrar = new PartitionRegistrar(
    "registrar",
    { lake, catalog, key, deadLetterQueueArn, architecture, logRetentionDays },
    options,
  );
  const { bytesScannedCutoffGiB } = config.query;
  const workgroup = new QueryWorkgroup("analysts", { lake, catalog, key, protection, bytesScannedCutoffGiB }, options);
  if (config.discovery) {
    const targets = { s3: [{ bucket: lake.zones.raw }] };
    const settings = { ...config.discovery, tablePrefix: "raw_", logRetentionDays };
    new Crawler("discovery", { catalog, key, alerts, ...settings, targets }, options);
  }
  if (config.powerBi)
    new BiAccess("power-bi", { lake, catalog, workgroup, key, protection, ...config.powerBi }, options);
  return { lake, catalog, registrar, workgroup, deadLetters };
}
