import * as aws from "@pulumi/aws";
import type { Scope } from "../../core/scope";
import type * as pulumi from "@pulumi/pulumi";
import { alarm, type AlarmArgs } from "../../core/alarm";
import type { NotificationTopic } from "../../core/notification-topic";

export interface MigrationLimits {
  /** Seconds that changes may be behind, read or applied. */
  readonly latencySeconds?: number;
  readonly cpuPercent?: number;
  readonly freeStoragePercent?: number;
}

export const LIMIT_DEFAULTS = { latencySeconds: 300, cpuPercent: 90, freeStoragePercent: 15 };

/** What DMS tells of: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html */
const CATEGORIES = {
  "replication-instance": ["configuration change", "deletion", "failover", "failure", "low storage", "maintenance"],
  "replication-task": ["configuration change", "deletion", "failure", "state change"],
} as const;

const GIB = 1024 ** 3;

/** Tells the topic of an instance's or its tasks' events. */
export function migrationEvents(
  name: string,
  sourceType: keyof typeof CATEGORIES,
  sourceIds: pulumi.Input<string>[],
  alerts: NotificationTopic,
  options: pulumi.CustomResourceOptions,
): void {
  const role = sourceType === "replication-task" ? "tasks" : "instance";
  new aws.dms.EventSubscription(
    `${name}-${role}-events`,
    {
      sourceType,
      sourceIds,
      eventCategories: [...CATEGORIES[sourceType]],
      snsTopicArn: alerts.topicArn,
      enabled: true,
    },
    // DMS tries the topic at once: its policy must be there.
    { ...options, dependsOn: [alerts] },
  );
}

/** What to watch on a machine. Pure. */
export function instanceFigures(limits: MigrationLimits, storageGiB: number): readonly Figure[] {
  const { cpuPercent, freeStoragePercent } = { ...LIMIT_DEFAULTS, ...limits };
  return [
    {
      role: "cpu",
      metric: "CPUUtilization",
      description: `The replication instance's CPU is over ${cpuPercent} percent for a quarter of an hour`,
      statistic: "Average",
      threshold: cpuPercent,
      periods: 3,
    },
    {
      role: "storage",
      metric: "FreeStorageSpace",
      description: `Less than ${freeStoragePercent} percent of the replication instance's storage is free`,
      statistic: "Minimum",
      when: "below",
      threshold: Math.floor((storageGiB * GIB * freeStoragePercent) / 100),
    },
  ];
}

/** What to watch on a task that captures changes. Pure. */
export function latencyFigures(limits: MigrationLimits): readonly Figure[] {
  const seconds = limits.latencySeconds ?? LIMIT_DEFAULTS.latencySeconds;
  const figure = (role: string, metric: string, what: string): Figure => ({
    role,
    metric,
    description: `Changes are ${what} more than ${seconds} seconds late`,
    statistic: "Maximum",
    threshold: seconds,
    periodSeconds: 60,
    periods: 5,
  });
  return [
    figure("source-latency", "CDCLatencySource", "read"),
    figure("target-latency", "CDCLatencyTarget", "applied"),
  ];
}

type Figure = Omit<AlarmArgs, "namespace" | "dimensions"> & { readonly role: string };

export function migrationAlarms(
  scope: Scope,
  alerts: NotificationTopic | undefined,
  dimensions: Readonly<Record<string, pulumi.Input<string>>>,
  figures: readonly Figure[],
): void {
  for (const { role, ...figure } of figures) {
    alarm(scope, role, alerts, { namespace: "AWS/DMS", dimensions, ...figure });
  }
}
