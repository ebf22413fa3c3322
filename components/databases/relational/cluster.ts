import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databaseAlarms, figures, lagFigure } from "./alarms";
import type { AuroraOptions } from "./arguments";
import {
  administered,
  finalSnapshot,
  logGroups,
  ORIGIN_PROPERTIES,
  watched,
  type DatabaseParts,
  type DatabasePlace,
  type MadeDatabase,
} from "./instance";

/** The cluster: of Aurora, or with its disks of an instance and two readable standbys. */
export function clusterArgs(parts: DatabaseParts, aurora: AuroraOptions): aws.rds.ClusterArgs {
  const { plan, origin } = parts;
  return {
    clusterIdentifier: parts.identifier,
    engine: plan.engine,
    engineVersion: plan.version,
    engineLifecycleSupport: plan.lifecycleSupport,
    port: plan.port,
    databaseName: plan.databaseName,
    masterUsername: plan.adminName,
    masterPassword: parts.password,
    ...administered(parts),
    dbSubnetGroupName: parts.subnetGroupName,
    vpcSecurityGroupIds: [parts.securityGroupId],
    dbClusterParameterGroupName: parts.clusterParameterGroupName,
    storageEncrypted: true,
    kmsKeyId: parts.keyArn,
    iamDatabaseAuthenticationEnabled: plan.iamAuthentication,
    enabledCloudwatchLogsExports: [...plan.logs],
    backupRetentionPeriod: plan.retentionDays,
    preferredBackupWindow: plan.backupWindow,
    preferredMaintenanceWindow: plan.maintenanceWindow,
    applyImmediately: plan.applyImmediately,
    allowMajorVersionUpgrade: plan.allowMajorVersionUpgrade,
    copyTagsToSnapshot: true,
    deletionProtection: parts.deletionProtection,
    databaseInsightsMode: plan.insightsMode,
    ...finalSnapshot(parts),
    ...(plan.topology === "aurora" ? auroraArgs(parts, aurora) : standbyArgs(parts)),
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

function auroraArgs(parts: DatabaseParts, { ioOptimized, serverless }: AuroraOptions): Partial<aws.rds.ClusterArgs> {
  const { monitoringInterval: _interval, monitoringRoleArn: _role, ...insights } = watched(parts);
  return {
    // The members are watched one by one; the advanced mode is the cluster's, and wants its insights there too.
    ...(parts.plan.insightsMode === "advanced" ? insights : {}),
    storageType: ioOptimized ? "aurora-iopt1" : undefined,
    serverlessv2ScalingConfiguration: serverless && {
      minCapacity: serverless.minimum,
      maxCapacity: serverless.maximum,
    },
  };
}

/** With readable standbys the cluster says what its three instances are like: nobody makes them one by one. */
function standbyArgs(parts: DatabaseParts): Partial<aws.rds.ClusterArgs> {
  const { plan } = parts;
  return {
    dbClusterInstanceClass: plan.instanceClass,
    storageType: plan.storage.type,
    allocatedStorage: plan.storage.allocatedGiB,
    iops: plan.storage.iops,
    autoMinorVersionUpgrade: plan.autoMinorVersionUpgrade,
    caCertificateIdentifier: plan.caCertificate,
    ...watched(parts),
  };
}

/** A member of an Aurora cluster: the first writes, the others are read and take over in their order. */
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
    publiclyAccessible: parts.publiclyAccessible,
    preferredMaintenanceWindow: plan.maintenanceWindow,
    autoMinorVersionUpgrade: plan.autoMinorVersionUpgrade,
    applyImmediately: plan.applyImmediately,
    caCertIdentifier: plan.caCertificate,
    copyTagsToSnapshot: true,
    ...watched(parts),
  };
}

/** More readers while those there are busy. */
export function autoscaleReaders(
  name: string,
  cluster: aws.rds.Cluster,
  wanted: NonNullable<AuroraOptions["autoscaling"]>,
  options: pulumi.CustomResourceOptions,
): void {
  const target = new aws.appautoscaling.Target(
    `${name}-readers`,
    {
      serviceNamespace: "rds",
      resourceId: pulumi.interpolate`cluster:${cluster.id}`,
      scalableDimension: "rds:cluster:ReadReplicaCount",
      minCapacity: wanted.minimum,
      maxCapacity: wanted.maximum,
    },
    options,
  );
  const byConnections = wanted.connections !== undefined;
  new aws.appautoscaling.Policy(
    `${name}-readers-scaling`,
    {
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      resourceId: target.resourceId,
      scalableDimension: target.scalableDimension,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: wanted.connections ?? wanted.cpuPercent ?? 70,
        predefinedMetricSpecification: {
          predefinedMetricType: byConnections
            ? "RDSReaderAverageDatabaseConnections"
            : "RDSReaderAverageCPUUtilization",
        },
        scaleInCooldown: 300,
        scaleOutCooldown: 300,
      },
    },
    options,
  );
}

/** The cluster with its members, logs and alarms. */
export function makeCluster(place: DatabasePlace): MadeDatabase {
  const { scope, name, args, parts, child, mainChild } = place;
  const { alerts, alarms = {}, aurora = {}, transform } = args;
  const { plan } = parts;
  const given = clusterArgs(parts, aurora);
  const cluster = new aws.rds.Cluster(
    `${name}-cluster`,
    transform?.cluster?.(given) ?? given,
    mainChild({
      protect: place.protect,
      ignoreChanges: ORIGIN_PROPERTIES,
      dependsOn: logGroups(place, "", "cluster", parts.identifier),
    }),
  );
  const members: aws.rds.ClusterInstance[] = [];
  for (let index = 0; plan.topology === "aurora" && index <= plan.readers; index++) {
    const member = memberArgs(parts, cluster, index);
    // The first one there is the writer.
    const options = mainChild({ dependsOn: members.slice(0, 1) });
    const made = transform?.clusterInstance?.(member) ?? member;
    members.push(new aws.rds.ClusterInstance(`${name}-member-${index}`, made, options));
  }
  if (aurora.autoscaling) autoscaleReaders(name, cluster, aurora.autoscaling, child({ dependsOn: members }));
  const dimensions = (Role: string): Record<string, pulumi.Input<string>> => ({
    DBClusterIdentifier: cluster.id,
    Role,
  });
  const watch = figures(plan, plan.instanceClass, alarms);
  databaseAlarms(scope.part("writer"), alerts, dimensions("WRITER"), watch);
  if (plan.topology === "readableStandbys" || plan.readers > 0 || aurora.autoscaling) {
    databaseAlarms(scope.part("reader"), alerts, dimensions("READER"), [...watch, lagFigure(plan, alarms)]);
  }
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
      Object.entries(aurora.endpoints ?? {}).map(([role, wanted]) => {
        const endpoint = new aws.rds.ClusterEndpoint(
          `${name}-${role}`,
          {
            clusterIdentifier: cluster.id,
            clusterEndpointIdentifier: pulumi.interpolate`${parts.identifier}-${role}`,
            customEndpointType: wanted.kind.toUpperCase(),
            staticMembers: wanted.members.flatMap((index) => members[index]?.identifier ?? []),
          },
          child(),
        );
        return [role, endpoint.endpoint];
      }),
    ),
  };
}
