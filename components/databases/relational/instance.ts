import * as aws from "@pulumi/aws";
import type { Scope } from "../../core/scope";
import * as pulumi from "@pulumi/pulumi";
import { databaseAlarms, figures, lagFigure } from "./alarms";
import type { DatabaseOrigin, RelationalDatabaseArgs } from "./arguments";
import { databaseLogs } from "./logs";
import type { DatabasePlan } from "./plan";

/** What instances, members of clusters and clusters are told alike. */
export interface DatabaseParts {
  readonly plan: DatabasePlan;
  readonly identifier: pulumi.Output<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly subnetGroupName: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  /** Of the instances; undefined where only the cluster has one. */
  readonly parameterGroupName: pulumi.Input<string> | undefined;
  readonly clusterParameterGroupName: pulumi.Input<string> | undefined;
  readonly optionGroupName: pulumi.Input<string> | undefined;
  readonly monitoringRoleArn: pulumi.Input<string> | undefined;
  readonly publiclyAccessible: boolean;
  /** The program's own; undefined where RDS manages one. */
  readonly password: pulumi.Input<string> | undefined;
  readonly origin: DatabaseOrigin | undefined;
  readonly blueGreenUpdates: boolean;
  readonly deletionProtection: boolean;
  readonly skipFinalSnapshot: boolean;
}

/** Where a database comes from only counts when it is made: another answer later must not replace it. */
export const ORIGIN_PROPERTIES = ["snapshotIdentifier", "restoreToPointInTime"];

/** The component in which a database is made. */
export interface DatabasePlace {
  readonly scope: Scope;
  readonly name: string;
  readonly args: RelationalDatabaseArgs;
  readonly parts: DatabaseParts;
  readonly child: (extra?: pulumi.CustomResourceOptions) => pulumi.CustomResourceOptions;
  readonly mainChild: (extra?: pulumi.CustomResourceOptions) => pulumi.CustomResourceOptions;
  readonly protect: boolean;
}

/** A database that is made, and where it answers. */
export interface MadeDatabase {
  readonly arn: pulumi.Output<string>;
  readonly resourceId: pulumi.Output<string>;
  readonly writer: pulumi.Output<string>;
  readonly reader: pulumi.Output<string>;
  readonly adminName: pulumi.Output<string>;
  /** Where RDS made the password. */
  readonly secrets: pulumi.Output<{ readonly secretArn: string }[]>;
  readonly target: Pick<aws.rds.ProxyTargetArgs, "dbInstanceIdentifier" | "dbClusterIdentifier">;
  readonly resources: pulumi.Resource[];
  /** Of Aurora, beside writer and reader. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<string>>>;
}

/** What instances and members of clusters are told of their being watched. */
export function watched({ plan, keyArn, monitoringRoleArn }: DatabaseParts): {
  readonly monitoringInterval: number;
  readonly monitoringRoleArn: pulumi.Input<string> | undefined;
  readonly performanceInsightsEnabled: boolean;
  readonly performanceInsightsKmsKeyId: pulumi.Input<string> | undefined;
  readonly performanceInsightsRetentionPeriod: number | undefined;
} {
  const insights = plan.insightsDays > 0;
  return {
    monitoringInterval: plan.monitoringSeconds,
    monitoringRoleArn,
    performanceInsightsEnabled: insights,
    performanceInsightsKmsKeyId: insights ? keyArn : undefined,
    performanceInsightsRetentionPeriod: insights ? plan.insightsDays : undefined,
  };
}

/** Who administers it: a password of RDS's own making under the key, or the one that is given. */
export function administered(parts: DatabaseParts): {
  readonly manageMasterUserPassword: boolean | undefined;
  readonly masterUserSecretKmsKeyId: pulumi.Input<string> | undefined;
} {
  const managed = parts.password === undefined;
  return {
    manageMasterUserPassword: managed ? true : undefined,
    masterUserSecretKmsKeyId: managed ? parts.keyArn : undefined,
  };
}

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

/** Settings that a replica has like its source. */
function common(parts: DatabaseParts): Omit<aws.rds.InstanceArgs, "instanceClass"> {
  const { plan } = parts;
  const { type, iops, throughputMiBps, maxAllocatedGiB } = plan.storage;
  return {
    parameterGroupName: parts.parameterGroupName,
    optionGroupName: parts.optionGroupName,
    vpcSecurityGroupIds: [parts.securityGroupId],
    port: plan.port,
    publiclyAccessible: parts.publiclyAccessible,
    storageEncrypted: true,
    storageType: type,
    iops,
    storageThroughput: throughputMiBps,
    maxAllocatedStorage: maxAllocatedGiB,
    iamDatabaseAuthenticationEnabled: plan.iamAuthentication,
    enabledCloudwatchLogsExports: [...plan.logs],
    maintenanceWindow: plan.maintenanceWindow,
    autoMinorVersionUpgrade: plan.autoMinorVersionUpgrade,
    applyImmediately: plan.applyImmediately,
    allowMajorVersionUpgrade: plan.allowMajorVersionUpgrade,
    caCertIdentifier: plan.caCertificate,
    copyTagsToSnapshot: true,
    deletionProtection: parts.deletionProtection,
    databaseInsightsMode: plan.insightsMode,
    ...watched(parts),
  };
}

/** The instance, or with a standby the pair. */
export function instanceArgs(parts: DatabaseParts): aws.rds.InstanceArgs {
  const { plan, origin } = parts;
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
    kmsKeyId: parts.keyArn,
    dbSubnetGroupName: parts.subnetGroupName,
    username: plan.adminName,
    dbName: plan.databaseName,
    password: parts.password,
    ...administered(parts),
    backupRetentionPeriod: plan.retentionDays,
    backupWindow: plan.backupWindow,
    ...finalSnapshot(parts),
    ...(parts.blueGreenUpdates ? { blueGreenUpdate: { enabled: true } } : {}),
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

/** A read replica. Engine, key, subnets, administrator and allocated storage are its source's. */
export function replicaArgs(
  parts: DatabaseParts,
  source: aws.rds.Instance,
  role: string,
  replica: { readonly instanceClass?: string; readonly standby?: boolean },
): aws.rds.InstanceArgs {
  return {
    ...common(parts),
    identifier: pulumi.interpolate`${parts.identifier}-${role}`,
    replicateSourceDb: source.identifier,
    instanceClass: replica.instanceClass ?? parts.plan.instanceClass,
    multiAz: replica.standby ?? false,
    // A replica has no final snapshot: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
    skipFinalSnapshot: true,
    backupRetentionPeriod: 0,
  };
}

/** Makes the groups that a database's logs go to, before it. */
export function logGroups(
  { name, args, parts: { plan }, child }: DatabasePlace,
  role: string,
  kind: "instance" | "cluster",
  identifier: pulumi.Output<string>,
): pulumi.Resource[] {
  return plan.logs.map((log) => {
    const path = pulumi.interpolate`/aws/rds/${kind}/${identifier}/${log}`;
    return databaseLogs(`${name}${role}-${log}`, path, plan.logRetentionDays, args.key, child());
  });
}

/** The instance with its replicas, logs and alarms. */
export function makeInstance(place: DatabasePlace): MadeDatabase {
  const { scope, name, args, parts, child, mainChild } = place;
  const { alerts, alarms = {}, transform } = args;
  const { plan } = parts;
  const given = instanceArgs(parts);
  const instance = new aws.rds.Instance(
    `${name}-instance`,
    transform?.instance?.(given) ?? given,
    mainChild({
      protect: place.protect,
      ignoreChanges: ORIGIN_PROPERTIES,
      dependsOn: logGroups(place, "", "instance", parts.identifier),
    }),
  );
  const { otherRegion } = args.backup ?? {};
  if (otherRegion) {
    new aws.rds.InstanceAutomatedBackupsReplication(
      `${name}-backups`,
      {
        region: otherRegion.region,
        sourceDbInstanceArn: instance.arn,
        kmsKeyId: otherRegion.keyArn,
        retentionPeriod: otherRegion.retentionDays ?? plan.retentionDays,
      },
      child(),
    );
  }
  const watch = figures(plan, plan.instanceClass, alarms);
  databaseAlarms(scope, alerts, { DBInstanceIdentifier: instance.identifier }, watch);
  const replicas = Object.entries(args.replicas ?? {}).map(([role, wanted]) => {
    const identifier = pulumi.interpolate`${parts.identifier}-${role}`;
    const replica = new aws.rds.Instance(
      `${name}-${role}`,
      replicaArgs(parts, instance, role, wanted),
      mainChild({ protect: place.protect, dependsOn: logGroups(place, `-${role}`, "instance", identifier) }),
    );
    const behind = [...figures(plan, wanted.instanceClass ?? plan.instanceClass, alarms), lagFigure(plan, alarms)];
    databaseAlarms(scope.part(role), alerts, { DBInstanceIdentifier: replica.identifier }, behind);
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
