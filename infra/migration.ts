import { DataSyncLogs, DataSyncTransfer, DmsMigration, type NetworkView } from "../components";
import type { Foundation } from "./foundation";
import type { Lakehouse } from "./lakehouse";

/** The migrations and transfers of an environment, by name. */
export interface Migration {
  readonly migrations: Readonly<Record<string, DmsMigration>>;
  readonly transfers: Readonly<Record<string, DataSyncTransfer>>;
}

/** Creates the migrations of databases by DMS and the transfers of files by DataSync. */
export function buildMigration(base: Foundation, { lake }: Lakehouse, within: NetworkView | undefined): Migration {
  const { options, key, alerts, protection, logRetentionDays } = base;
  const { config } = base.environment;
  const migrations = Object.entries(within ? config.migrations : {}).map(([name, settings]) => {
    const { engine, databaseName, secretArn, certificateArn, type, tables, instanceClass, storageGiB, multiAz, roles } =
      settings;
    const made = new DmsMigration(
      name,
      {
        key,
        protection,
        alerts,
        logRetentionDays,
        network: within as NetworkView,
        roles,
        compute: { kind: "instance", instanceClass, storageGiB, multiAz },
        source: { engine, databaseName, secretArn, certificate: certificateArn ? { arn: certificateArn } : undefined },
        target: { engine: "s3", lake, prefix: `dms/${name}/` },
        tasks: { all: { type, tables } },
      },
      options,
    );
    return [name, made] as const;
  });
  const transferred = Object.entries(config.transfers);
  const logs = transferred.length === 0 ? undefined : new DataSyncLogs("transfers", { key, logRetentionDays }, options);
  const transfers = transferred.map(([name, settings]) => {
    const { kind, host, path, secretArn, agentArns, prefix, schedule, bandwidthMiBps } = settings;
    const made = new DataSyncTransfer(
      name,
      {
        key,
        alerts,
        logs,
        source:
          kind === "nfs"
            ? { kind, host, path, agentArns }
            : { kind, host, path, agentArns, secretArn: secretArn ?? "" },
        destination: { kind: "s3", bucket: lake.zones.raw, prefix },
        schedule,
        options: { bandwidthMiBps },
        reports: { bucket: lake.zones.artifacts },
      },
      options,
    );
    return [name, made] as const;
  });
  return { migrations: Object.fromEntries(migrations), transfers: Object.fromEntries(transfers) };
}
