import * as rds from "@aws-sdk/client-rds";
import type { Context, Handler, Props } from "../../handler";

/** The emulator restores no clusters: the request is checked, and the cluster starts empty. */
function checkOrigin(ctx: Context, inputs: Props): void {
  const DBClusterIdentifier = String(inputs.clusterIdentifier);
  const { snapshotIdentifier, restoreToPointInTime } = inputs;
  if (snapshotIdentifier) {
    ctx.record(
      rds.RDSClient,
      new rds.RestoreDBClusterFromSnapshotCommand({
        DBClusterIdentifier,
        SnapshotIdentifier: String(snapshotIdentifier),
        Engine: String(inputs.engine),
        EngineVersion: inputs.engineVersion as string | undefined,
      }),
    );
  }
  if (restoreToPointInTime) {
    const past = restoreToPointInTime as Record<string, string | undefined> & { useLatestRestorableTime?: boolean };
    ctx.record(
      rds.RDSClient,
      new rds.RestoreDBClusterToPointInTimeCommand({
        DBClusterIdentifier,
        SourceDBClusterIdentifier: past.sourceClusterIdentifier,
        SourceDbClusterResourceId: past.sourceClusterResourceId,
        RestoreType: past.restoreType,
        UseLatestRestorableTime: past.useLatestRestorableTime,
        RestoreToTime: past.restoreToTime === undefined ? undefined : new Date(past.restoreToTime),
      }),
    );
  }
}

export const withOrigin = (cluster: Handler): Handler => ({
  ...cluster,
  create(ctx, inputs, exists) {
    checkOrigin(ctx, inputs);
    return cluster.create(ctx, inputs, exists);
  },
});

/** The logs to export from now on, and those to export no longer. */
export function logExports(olds: Props, news: Props): Props {
  const [before, after] = [olds, news].map(({ enabledCloudwatchLogsExports: logs }) => (logs ?? []) as string[]);
  const on = (after ?? []).filter((log) => !before?.includes(log));
  const off = (before ?? []).filter((log) => !after?.includes(log));
  const changed = on.length + off.length > 0;
  return changed ? { CloudwatchLogsExportConfiguration: { EnableLogTypes: on, DisableLogTypes: off } } : {};
}
