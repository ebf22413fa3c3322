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

/** Makes the relational databases, the document tables and the subscriptions to database events. */
export function buildDatabases(
  base: Foundation,
  { lake, catalog }: Lakehouse,
  within: NetworkView | undefined,
): Databases {
  const { options, key, alerts, protection, logRetentionDays } = base;
  const { config } = base.environment;
  const { architecture } = config.ingestion;
  const relational = Object.entries(within ? config.relationalDatabases : {}).map(([name, settings]) => {
    const { readers, mostReaders, storageGiB, mostStorageGiB, backupRetentionDays, monitoringSeconds, proxy } =
      settings;
    const isAurora = settings.engine.startsWith("aurora");
    const least = Math.max(1, readers ?? 1);
    const database = new RelationalDatabase(
      name,
      {
        key,
        protection,
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
