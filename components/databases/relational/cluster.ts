import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databaseAlarms, figures, lagFigure } from "./alarms";
import type { Scope } from "../../core/scope";
import type { AuroraOptions } from "./settings";
import {
  administered,
  finalSnapshot,
  givenPassword,
  logGroups,
  ORIGIN_PROPERTIES,
  watched,
  type DatabaseParts,
  type MadeDatabase,
} from "./instance";

/** Returns the arguments of the cluster: of Aurora, or of an instance and two readable standbys with disks. */
export function clusterArgs(parts: DatabaseParts): aws.rds.ClusterArgs {
  const { plan } = parts;
  const { origin } = plan;
  return {
    clusterIdentifier: parts.identifier,
    engine: plan.engine,
    engineVersion: plan.version,
    engineLifecycleSupport: plan.lifecycleSupport,
    port: plan.port,
    databaseName: plan.databaseName,
    masterUsername: plan.adminName,
    masterPassword: givenPassword(parts),
    ...administered(parts),
    dbSubnetGroupName: parts.subnetGroupName,
    vpcSecurityGroupIds: [parts.securityGroupId],
    dbClusterParameterGroupName: parts.clusterParameterGroupName,
    storageEncrypted: true,
    kmsKeyId: parts.key.keyArn,
    iamDatabaseAuthenticationEnabled: plan.iamAuthentication,
    enabledCloudwatchLogsExports: [...plan.logs],
    backupRetentionPeriod: plan.backup.retentionDays,
    preferredBackupWindow: plan.backup.window,
    preferredMaintenanceWindow: plan.maintenance.window,
    applyImmediately: plan.maintenance.applyImmediately,
    allowMajorVersionUpgrade: plan.maintenance.allowMajorVersionUpgrade,
    copyTagsToSnapshot: true,
    deletionProtection: parts.deletionProtection,
    databaseInsightsMode: plan.monitoring.advancedInsights ? "advanced" : "standard",
    ...finalSnapshot(parts),
    ...(plan.topology === "aurora" ? auroraArgs(parts) : standbyArgs(parts)),
    ...(origin?.from === "snapshot" ? { snapshotIdentifier: origin.snapshotId } : {}),
    ...(origin?.from === "pointInTime"
      ? {
          restoreToPointInTime: {
            sourceClusterIdentifier: origin.sourceIdentifier,
            ...(origin.at === undefined ? { useLatestRestorableTime: true } : { restoreToTime: origin.at }),
          },
        }
      : {}),
  };
}

function auroraArgs(parts: DatabaseParts): Partial<aws.rds.ClusterArgs> {
  const { ioOptimized, serverless } = parts.plan.aurora;
  const { monitoringInterval: _interval, monitoringRoleArn: _role, ...insights } = watched(parts);
  return {
    // The members are measured one by one; the advanced mode is the cluster's, and needs its insights there too.
    ...(parts.plan.monitoring.advancedInsights ? insights : {}),
    storageType: ioOptimized ? "aurora-iopt1" : undefined,
    serverlessv2ScalingConfiguration: serverless && {
      minCapacity: serverless.minimum,
      maxCapacity: serverless.maximum,
    },
  };
}

/** Returns what the three instances of readable standbys are like: RDS makes them itself. */
function standbyArgs(parts: DatabaseParts): Partial<aws.rds.ClusterArgs> {
  const { plan } = parts;
  return {
    dbClusterInstanceClass: plan.instanceClass,
    storageType: plan.storage.type,
    allocatedStorage: plan.storage.allocatedGiB,
    iops: plan.storage.iops,
    autoMinorVersionUpgrade: plan.maintenance.autoMinorVersionUpgrade,
    caCertificateIdentifier: plan.caCertificate,
    ...watched(parts),
  };
}

/** Returns the arguments of a member of an Aurora cluster. The first one writes, the others are read and take over in their order. */
export function memberArgs(parts: DatabaseParts, cluster: aws.rds.Cluster, index: number): aws.rds.ClusterInstanceArgs {
  const { plan } = parts;
  return {
    identifier: pulumi.interpolate`${parts.identifier}-${index}`,
    clusterIdentifier: cluster.id,
    engine: cluster.engine as pulumi.Output<aws.types.enums.rds.EngineType>,
    instanceClass: plan.instanceClass,
    promotionTier: index,
    dbSubnetGroupName: parts.subnetGroupName,
    dbParameterGroupName: parts.parameterGroupName,
    publiclyAccessible: plan.publiclyAccessible,
    preferredMaintenanceWindow: plan.maintenance.window,
    autoMinorVersionUpgrade: plan.maintenance.autoMinorVersionUpgrade,
    applyImmediately: plan.maintenance.applyImmediately,
    caCertIdentifier: plan.caCertificate,
    copyTagsToSnapshot: true,
    ...watched(parts),
  };
}

/** Adds readers while those that are there are busy. */
function autoscaleReaders(
  scope: Scope,
  cluster: aws.rds.Cluster,
  wanted: NonNullable<AuroraOptions["autoscaling"]>,
): void {
  const target = new aws.appautoscaling.Target(
    `${scope.name}-readers`,
    {
      serviceNamespace: "rds",
      resourceId: pulumi.interpolate`cluster:${cluster.id}`,
      scalableDimension: "rds:cluster:ReadReplicaCount",
      minCapacity: wanted.minimum,
      maxCapacity: wanted.maximum,
    },
    scope.child(),
  );
  const { connections, cpuPercent = 70 } = wanted;
  new aws.appautoscaling.Policy(
    `${scope.name}-readers-scaling`,
    {
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      resourceId: target.resourceId,
      scalableDimension: target.scalableDimension,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: connections ?? cpuPercent,
        predefinedMetricSpecification: {
          predefinedMetricType:
            connections === undefined ? "RDSReaderAverageCPUUtilization" : "RDSReaderAverageDatabaseConnections",
        },
        scaleInCooldown: 300,
        scaleOutCooldown: 300,
      },
    },
    scope.child(),
  );
}

/** Makes the cluster with its members, logs and alarms. */
export function makeCluster(scope: Scope, parts: DatabaseParts): MadeDatabase {
  const { plan, alerts, transform } = parts;
  const { autoscaling, endpoints, readers } = plan.aurora;
  const given = clusterArgs(parts);
  const cluster = new aws.rds.Cluster(
    `${scope.name}-cluster`,
    transform.cluster?.(given) ?? given,
    scope.mainChild({
      protect: parts.protect,
      ignoreChanges: ORIGIN_PROPERTIES,
      dependsOn: logGroups(scope, parts, "cluster", parts.identifier),
    }),
  );
  const members: aws.rds.ClusterInstance[] = [];
  for (let index = 0; plan.topology === "aurora" && index <= readers; index++) {
    const member = memberArgs(parts, cluster, index);
    // The first member that exists becomes the writer.
    const options = scope.mainChild({ dependsOn: members.slice(0, 1) });
    const args = transform.clusterInstance?.(member) ?? member;
    members.push(new aws.rds.ClusterInstance(`${scope.name}-member-${index}`, args, options));
  }
  if (autoscaling) autoscaleReaders(scope.after(...members), cluster, autoscaling);
  const watch = figures(plan, plan.instanceClass);
  const alarms = (part: string, Role: string, wanted: typeof watch): void =>
    databaseAlarms(scope.part(part), alerts, { DBClusterIdentifier: cluster.id, Role }, wanted);
  alarms("writer", "WRITER", watch);
  const isRead = plan.topology === "readableStandbys" || readers > 0 || autoscaling !== undefined;
  if (isRead) alarms("reader", "READER", [...watch, lagFigure(plan)]);
  return {
    arn: cluster.arn,
    resourceId: cluster.clusterResourceId,
    writer: cluster.endpoint,
    reader: cluster.readerEndpoint,
    adminName: cluster.masterUsername,
    secrets: cluster.masterUserSecrets,
    target: { dbClusterIdentifier: cluster.id },
    resources: [cluster, ...members],
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([role, { kind, members: indexes }]) => {
        const endpoint = new aws.rds.ClusterEndpoint(
          `${scope.name}-${role}`,
          {
            clusterIdentifier: cluster.id,
            clusterEndpointIdentifier: pulumi.interpolate`${parts.identifier}-${role}`,
            customEndpointType: kind.toUpperCase(),
            staticMembers: indexes.flatMap((index) => members[index]?.identifier ?? []),
          },
          scope.child(),
        );
        return [role, endpoint.endpoint];
      }),
    ),
  };
}
