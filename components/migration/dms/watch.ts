import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { alarm, type AlarmArgs } from "../../core/alarm";
import type { NotificationTopic } from "../../core/notification-topic";
import type { Scope } from "../../core/scope";
import type { Resolved } from "../../core/settings";

export const limitSettings = z
  .strictObject({
    latencySeconds: z
      .int()
      .min(1)
      .max(86_400)
      .default(300)
      .describe("Seconds that changes may be late, read or applied."),
    cpuPercent: z.int().min(1).max(100).default(90).describe("Percent of the instance's CPU that may be used."),
    freeStoragePercent: z
      .int()
      .min(1)
      .max(100)
      .default(15)
      .describe("Percent of the instance's storage that must be free."),
  })
  .prefault({})
  .describe("Limits from which on an alarm is sent.");

export type MigrationLimits = Resolved<typeof limitSettings>;

/** Categories of events: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html. */
const CATEGORIES = {
  "replication-instance": ["configuration change", "deletion", "failover", "failure", "low storage", "maintenance"],
  "replication-task": ["configuration change", "deletion", "failure", "state change"],
} as const;

const GIB = 1024 ** 3;

/** Sends the events of an instance or of its tasks to a topic. */
export function migrationEvents(
  scope: Scope,
  sourceType: keyof typeof CATEGORIES,
  sourceIds: pulumi.Input<string>[],
  alerts: NotificationTopic,
): void {
  const role = sourceType === "replication-task" ? "tasks" : "instance";
  const eventCategories = [...CATEGORIES[sourceType]];
  new aws.dms.EventSubscription(
    `${scope.name}-${role}-events`,
    { sourceType, sourceIds, eventCategories, snsTopicArn: alerts.topicArn, enabled: true },
    // DMS tries the topic at once: its policy must be there.
    scope.child({ dependsOn: [alerts] }),
  );
}

type Figure = Omit<AlarmArgs, "namespace" | "dimensions"> & { readonly role: string };

/** Returns what is watched on a machine. */
export function instanceFigures(limits: MigrationLimits, storageGiB: number): readonly Figure[] {
  const { cpuPercent, freeStoragePercent } = limits;
  return [
    {
      role: "cpu",
      metric: "CPUUtilization",
      description: `The replication instance uses more than ${cpuPercent} percent of its CPU for a quarter of an hour.`,
      statistic: "Average",
      threshold: cpuPercent,
      periods: 3,
    },
    {
      role: "storage",
      metric: "FreeStorageSpace",
      description: `Less than ${freeStoragePercent} percent of the replication instance's storage is free.`,
      statistic: "Minimum",
      when: "below",
      threshold: Math.floor((storageGiB * GIB * freeStoragePercent) / 100),
    },
  ];
}

/** Returns what is watched on a task that captures changes. */
export function latencyFigures({ latencySeconds }: MigrationLimits): readonly Figure[] {
  const figure = (role: string, metric: string, what: string): Figure => ({
    role,
    metric,
    description: `Changes are ${what} more than ${latencySeconds} seconds late.`,
    statistic: "Maximum",
    threshold: latencySeconds,
    periodSeconds: 60,
    periods: 5,
  });
  return [
    figure("source-latency", "CDCLatencySource", "read"),
    figure("target-latency", "CDCLatencyTarget", "applied"),
  ];
}

/** Makes the alarms of an instance or a task. */
export function migrationAlarms(
  scope: Scope,
  alerts: NotificationTopic,
  dimensions: Readonly<Record<string, pulumi.Input<string>>>,
  figures: readonly Figure[],
): void {
  for (const { role, ...figure } of figures) {
    alarm(scope, role, alerts, { namespace: "AWS/DMS", dimensions, ...figure });
  }
}
