import type * as pulumi from "@pulumi/pulumi";
import { alarm, type AlarmArgs } from "../../core/alarm";
import type { NotificationTopic } from "../../core/notification-topic";
import type { Scope } from "../../core/scope";
import { memoryGiB, SERVERLESS, usualConnections } from "./instance-classes";
import type { DatabasePlan } from "./plan";

const GIB = 1024 ** 3;
const CONNECTIONS_SHARE = 0.8;

type Figure = Omit<AlarmArgs, "namespace" | "dimensions"> & { readonly role: string };

/** Returns what is watched on an instance, or in a cluster on its writer and readers. The thresholds follow from the plan. */
export function figures(plan: DatabasePlan, instanceClass: string): Figure[] {
  const { alarms: limits } = plan;
  const steady = { statistic: "Average", periodSeconds: 300, periods: 3 } as const;
  const memory = memoryGiB(instanceClass);
  const usual = usualConnections(plan.engine, instanceClass);
  const connections = limits.connections ?? (usual === undefined ? undefined : Math.floor(usual * CONNECTIONS_SHARE));
  return [
    {
      role: "cpu",
      metric: "CPUUtilization",
      description: `The database uses more than ${limits.cpuPercent} percent of its CPU for a quarter of an hour.`,
      threshold: limits.cpuPercent,
      ...steady,
    },
    ...(instanceClass === SERVERLESS
      ? [
          {
            role: "capacity",
            metric: "ACUUtilization",
            description: "The database uses more than 90 percent of its maximum capacity.",
            threshold: 90,
            ...steady,
          },
        ]
      : []),
    ...(memory === undefined
      ? []
      : [
          {
            role: "memory",
            metric: "FreeableMemory",
            description: `Less than ${limits.freeMemoryPercent} percent of the database's memory is available.`,
            when: "below" as const,
            threshold: Math.floor((memory * GIB * limits.freeMemoryPercent) / 100),
            ...steady,
          },
        ]),
    ...(connections === undefined
      ? []
      : [
          {
            role: "connections",
            metric: "DatabaseConnections",
            description: `More than ${connections} connections are open, which is near the database's limit.`,
            threshold: connections,
            ...steady,
          },
        ]),
    ...(plan.topology === "aurora"
      ? []
      : [
          {
            role: "storage",
            metric: "FreeStorageSpace",
            description: `Less than ${limits.freeStoragePercent} percent of the database's storage is free.`,
            when: "below" as const,
            threshold: Math.floor((plan.storage.allocatedGiB * GIB * limits.freeStoragePercent) / 100),
            statistic: "Minimum" as const,
          },
        ]),
  ];
}

/** Returns how far behind a copy may be. Aurora counts in milliseconds. */
export function lagFigure(plan: DatabasePlan): Figure {
  const { replicaLagSeconds: seconds } = plan.alarms;
  const aurora = plan.topology === "aurora";
  return {
    role: "lag",
    metric: aurora ? "AuroraReplicaLag" : "ReplicaLag",
    description: `A replica is more than ${seconds} seconds behind the database that it copies.`,
    threshold: aurora ? seconds * 1000 : seconds,
    statistic: "Maximum",
    periodSeconds: 60,
    periods: 5,
  };
}

/** Makes the alarms of an instance, or of a role in a cluster. */
export function databaseAlarms(
  scope: Scope,
  alerts: NotificationTopic | undefined,
  dimensions: Readonly<Record<string, pulumi.Input<string>>>,
  wanted: readonly Figure[],
): void {
  for (const { role, ...figure } of wanted) alarm(scope, role, alerts, { namespace: "AWS/RDS", dimensions, ...figure });
}
