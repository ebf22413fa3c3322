import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { NotificationTopic } from "../../core/notification-topic";
import type { Scope } from "../../core/scope";
import { databaseAlarms, figures, lagFigure } from "./alarms";
import { databaseLogs } from "./logs";
import type { DatabasePlan } from "./plan";

export interface DatabaseTransforms {
  readonly instance?: (args: aws.rds.InstanceArgs) => aws.rds.InstanceArgs;
  readonly cluster?: (args: aws.rds.ClusterArgs) => aws.rds.ClusterArgs;
  readonly clusterInstance?: (args: aws.rds.ClusterInstanceArgs) => aws.rds.ClusterInstanceArgs;
}

/** What instances, members of clusters and clusters have in common. */
export interface DatabaseParts {
  readonly plan: DatabasePlan;
  readonly key: EncryptionKey;
  readonly alerts: NotificationTopic | undefined;
  readonly transform: DatabaseTransforms;
  readonly identifier: pulumi.Output<string>;
  readonly subnetGroupName: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  /** The group of the instances; undefined where only the cluster has one. */
  readonly parameterGroupName: pulumi.Input<string> | undefined;
  readonly clusterParameterGroupName: pulumi.Input<string> | undefined;
  readonly optionGroupName: pulumi.Input<string> | undefined;
  readonly monitoringRoleArn: pulumi.Input<string> | undefined;
  readonly deletionProtection: boolean;
  readonly skipFinalSnapshot: boolean;
  readonly protect: boolean;
}

/** The origin of a database only counts when it is made: another origin later must not replace it. */
export const ORIGIN_PROPERTIES = ["snapshotIdentifier", "restoreToPointInTime"];

/** A database that is made, and its addresses. */
export interface MadeDatabase {
  readonly arn: pulumi.Output<string>;
  readonly resourceId: pulumi.Output<string>;
  readonly writer: pulumi.Output<string>;
  readonly reader: pulumi.Output<string>;
  readonly adminName: pulumi.Output<string>;
  /** The secrets of passwords that RDS made. */
  readonly secrets: pulumi.Output<{ readonly secretArn: string }[]>;
  readonly target: Pick<aws.rds.ProxyTargetArgs, "dbInstanceIdentifier" | "dbClusterIdentifier">;
  readonly resources: pulumi.Resource[];
  /** Further addresses of Aurora. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Returns how instances and members of clusters are measured. */
export function watched({ plan, key, monitoringRoleArn }: DatabaseParts): {
  readonly monitoringInterval: number;
  readonly monitoringRoleArn: pulumi.Input<string> | undefined;
  readonly performanceInsightsEnabled: boolean;
  readonly performanceInsightsKmsKeyId: pulumi.Input<string> | undefined;
  readonly performanceInsightsRetentionPeriod: number | undefined;
} {
  const insights = plan.insightsDays > 0;
  return {
    monitoringInterval: plan.monitoring.intervalSeconds,
    monitoringRoleArn,
    performanceInsightsEnabled: insights,
    performanceInsightsKmsKeyId: insights ? key.keyArn : undefined,
    performanceInsightsRetentionPeriod: insights ? plan.insightsDays : undefined,
  };
}

/** Returns whether RDS makes the administrator's password, in a secret under the key. */
export function administered({ plan, key }: DatabaseParts): {
  readonly manageMasterUserPassword: boolean | undefined;
  readonly masterUserSecretKmsKeyId: pulumi.Input<string> | undefined;
} {
  const isManaged = plan.credentials.kind === "managed";
  return {
    manageMasterUserPassword: isManaged ? true : undefined,
    masterUserSecretKmsKeyId: isManaged ? key.keyArn : undefined,
  };
}

/** Returns the password that the program gave. */
export const givenPassword = ({ plan: { credentials } }: DatabaseParts): pulumi.Output<string> | undefined =>
  credentials.kind === "given" ? pulumi.secret(credentials.password) : undefined;

/** Returns what is kept when the database is removed. */
export const finalSnapshot = ({
  identifier,
  skipFinalSnapshot,
}: DatabaseParts): Pick<
  aws.rds.InstanceArgs,
  "skipFinalSnapshot" | "finalSnapshotIdentifier" | "deleteAutomatedBackups"
> => ({
  skipFinalSnapshot,
  finalSnapshotIdentifier: pulumi.interpolate`${identifier}-final`,
  deleteAutomatedBackups: skipFinalSnapshot,
});

/** Returns what a replica has like its source. */
function common(parts: DatabaseParts): Omit<aws.rds.InstanceArgs, "instanceClass"> {
  const { plan } = parts;
  const { type, iops, throughputMiBps, maxAllocatedGiB } = plan.storage;
  return {
    parameterGroupName: parts.parameterGroupName,
    optionGroupName: parts.optionGroupName,
    vpcSecurityGroupIds: [parts.securityGroupId],
    port: plan.port,
    publiclyAccessible: plan.publiclyAccessible,
    storageEncrypted: true,
    storageType: type,
    iops,
    storageThroughput: throughputMiBps,
    maxAllocatedStorage: maxAllocatedGiB,
    iamDatabaseAuthenticationEnabled: plan.iamAuthentication,
    enabledCloudwatchLogsExports: [...plan.logs],
    maintenanceWindow: plan.maintenance.window,
    autoMinorVersionUpgrade: plan.maintenance.autoMinorVersionUpgrade,
    applyImmediately: plan.maintenance.applyImmediately,
    allowMajorVersionUpgrade: plan.maintenance.allowMajorVersionUpgrade,
    caCertIdentifier: plan.caCertificate,
    copyTagsToSnapshot: true,
    deletionProtection: parts.deletionProtection,
    databaseInsightsMode: plan.monitoring.advancedInsights ? "advanced" : "standard",
    ...watched(parts),
  };
}

/** Returns the arguments of the instance, or with a standby of the pair. */
export function instanceArgs(parts: DatabaseParts): aws.rds.InstanceArgs {
  const { plan } = parts;
  const { origin } = plan;
  return {
    ...common(parts),
    identifier: parts.identifier,
    engine: plan.engine,
    engineVersion: plan.version,
    engineLifecycleSupport: plan.lifecycleSupport,
    licenseModel: plan.licenseModel,
    instanceClass: plan.instanceClass,
    multiAz: plan.topology === "standby",
    allocatedStorage: plan.storage.allocatedGiB,
    kmsKeyId: parts.key.keyArn,
    dbSubnetGroupName: parts.subnetGroupName,
    username: plan.adminName,
    dbName: plan.databaseName,
    password: givenPassword(parts),
    ...administered(parts),
    backupRetentionPeriod: plan.backup.retentionDays,
    backupWindow: plan.backup.window,
    ...finalSnapshot(parts),
    ...(plan.blueGreenUpdates ? { blueGreenUpdate: { enabled: true } } : {}),
    ...(origin?.from === "snapshot" ? { snapshotIdentifier: origin.snapshotId } : {}),
    ...(origin?.from === "pointInTime"
      ? {
          restoreToPointInTime: {
            sourceDbInstanceIdentifier: origin.sourceIdentifier,
            ...(origin.at === undefined ? { useLatestRestorableTime: true } : { restoreTime: origin.at }),
          },
        }
      : {}),
  };
}

/** Returns the arguments of a read replica. Engine, key, subnets, administrator and allocated storage are its source's. */
export function replicaArgs(
  parts: DatabaseParts,
  source: aws.rds.Instance,
  role: string,
  replica: DatabasePlan["replicas"][string],
): aws.rds.InstanceArgs {
  return {
    ...common(parts),
    identifier: pulumi.interpolate`${parts.identifier}-${role}`,
    replicateSourceDb: source.identifier,
    instanceClass: replica.instanceClass ?? parts.plan.instanceClass,
    multiAz: replica.standby,
    // A replica has no final snapshot: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
    skipFinalSnapshot: true,
    backupRetentionPeriod: 0,
  };
}

/** Makes the groups of a database's logs, before the database. */
export function logGroups(
  scope: Scope,
  { plan, key }: DatabaseParts,
  kind: "instance" | "cluster",
  identifier: pulumi.Output<string>,
): pulumi.Resource[] {
  return plan.logs.map((log) => {
    const path = pulumi.interpolate`/aws/rds/${kind}/${identifier}/${log}`;
    return databaseLogs(scope.part(log), path, plan.logRetentionDays, key);
  });
}

/** Makes the instance with its replicas, logs and alarms. */
export function makeInstance(scope: Scope, parts: DatabaseParts): MadeDatabase {
  const { plan, alerts, transform, protect } = parts;
  const given = instanceArgs(parts);
  const instance = new aws.rds.Instance(
    `${scope.name}-instance`,
    transform.instance?.(given) ?? given,
    scope.mainChild({
      protect,
      ignoreChanges: ORIGIN_PROPERTIES,
      dependsOn: logGroups(scope, parts, "instance", parts.identifier),
    }),
  );
  const { otherRegion } = plan.backup;
  if (otherRegion) {
    const { region, keyArn, retentionDays = plan.backup.retentionDays } = otherRegion;
    new aws.rds.InstanceAutomatedBackupsReplication(
      `${scope.name}-backups`,
      { region, sourceDbInstanceArn: instance.arn, kmsKeyId: keyArn, retentionPeriod: retentionDays },
      scope.child(),
    );
  }
  databaseAlarms(scope, alerts, { DBInstanceIdentifier: instance.identifier }, figures(plan, plan.instanceClass));
  const replicas = Object.entries(plan.replicas).map(([role, wanted]) => {
    const part = scope.part(role);
    const identifier = pulumi.interpolate`${parts.identifier}-${role}`;
    const replica = new aws.rds.Instance(
      part.name,
      replicaArgs(parts, instance, role, wanted),
      scope.mainChild({ protect, dependsOn: logGroups(part, parts, "instance", identifier) }),
    );
    const { instanceClass = plan.instanceClass } = wanted;
    const watch = [...figures(plan, instanceClass), lagFigure(plan)];
    databaseAlarms(part, alerts, { DBInstanceIdentifier: replica.identifier }, watch);
    return replica;
  });
  return {
    arn: instance.arn,
    resourceId: instance.resourceId,
    writer: instance.address,
    reader: (replicas[0] ?? instance).address,
    adminName: instance.username,
    secrets: instance.masterUserSecrets,
    target: { dbInstanceIdentifier: instance.identifier },
    resources: [instance],
    endpoints: {},
  };
}
