import { DatabaseEvents, DocumentTable, RelationalDatabase, TableChangeLog, type NetworkView } from "../components";
import type { Foundation } from "./foundation";
import type { Lakehouse } from "./lakehouse";
import type { EnvironmentConfig } from "./schema";

/** The databases of an environment, by name. */
export interface Databases {
  readonly relational: Readonly<Record<string, RelationalDatabase>>;
  readonly documents: Readonly<
    Record<string, { readonly config: EnvironmentConfig["documentTables"][string]; readonly table: DocumentTable }>
  >;
  readonly events: DatabaseEvents | undefined;
}

/** Creates the relational databases, the document tables and the subscriptions to database events. */
export function buildDatabases(
  base: Foundation,
  { lake, catalog }: Lakehouse,
  within: NetworkView | undefined,
): Databases {
  const { options, key, alerts, protection, logRetentionDays } = base;
  const { config } = base.environment;
  const { architecture } = config.ingestion;
  const relational = Object.entries(within ? config.relationalDatabases : {}).map(([name, settings], index) => {
    const {
      readers,
      maxReaders,
      availability,
      storageGiB,
      maxStorageGiB,
      backupRetentionDays,
      monitoringSeconds,
      proxy,
    } = settings;
    const autoscaling = maxReaders === undefined ? undefined : { minimum: Math.max(1, readers), maximum: maxReaders };
    const database = new RelationalDatabase(
      name,
      {
        key,
        protection,
        alerts,
        logRetentionDays,
        network: within as NetworkView,
        engine: settings.engine,
        engineVersion: settings.engineVersion,
        instanceClass: settings.instanceClass,
        databaseName: settings.databaseName,
        clients: { cidrBlocks: [config.network?.cidrBlock ?? ""] },
        ...(settings.engine.startsWith("aurora")
          ? { aurora: { readers, autoscaling } }
          : { availability, storage: { allocatedGiB: storageGiB, maxAllocatedGiB: maxStorageGiB } }),
        backup: { retentionDays: backupRetentionDays },
        monitoring: {
          intervalSeconds: monitoringSeconds,
          // The databases of an account share one group.
          logGroup: config.accountWide.databaseMonitoringLogs && index === 0 ? "create" : "existing",
        },
        proxy: proxy ? {} : undefined,
      },
      options,
    );
    return [name, database] as const;
  });
  const documents = Object.entries(config.documentTables).map(([name, settings]) => {
    const { changeLog, changeLogSeconds, ...shape } = settings;
    const stream = changeLog ? ("both" as const) : undefined;
    const table = new DocumentTable(name, { key, protection, alerts, ...shape, stream }, options);
    if (changeLog) {
      const target = { table, lake, key, alerts, databaseName: catalog.databaseName };
      new TableChangeLog(
        `${name}-changes`,
        { ...target, bufferSeconds: changeLogSeconds, architecture, logRetentionDays },
        options,
      );
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
        logRetentionDays,
        emails: config.databaseEvents.emails,
        ...(config.databaseEvents.archive ? { archive: { lake } } : {}),
      },
      options,
    );
  return { relational: Object.fromEntries(relational), documents: Object.fromEntries(documents), events };
}
