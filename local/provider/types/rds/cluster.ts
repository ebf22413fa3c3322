import * as rds from "@aws-sdk/client-rds";
import type { ClusterArgs, ClusterInstanceArgs } from "@pulumi/aws/rds";
import { define, type Context, type Inputs } from "../../handler";
import { tagList } from "../../shape";
import { finalSnapshotProblems } from "./instance";
import { retagRds, send, tagsOf } from "./tags";

type Cluster = Inputs<ClusterArgs>;

const scaling = ({
  serverlessv2ScalingConfiguration: given,
}: Cluster): rds.ServerlessV2ScalingConfiguration | undefined =>
  given && {
    MinCapacity: given.minCapacity,
    MaxCapacity: given.maxCapacity,
    SecondsUntilAutoPause: given.secondsUntilAutoPause,
  };

/** Settings that creation and change have in common, as both requests spell them. */
const settings = (inputs: Cluster) => ({
  EngineVersion: inputs.engineVersion,
  Port: inputs.port,
  VpcSecurityGroupIds: inputs.vpcSecurityGroupIds,
  DBClusterParameterGroupName: inputs.dbClusterParameterGroupName,
  BackupRetentionPeriod: inputs.backupRetentionPeriod,
  PreferredBackupWindow: inputs.preferredBackupWindow,
  PreferredMaintenanceWindow: inputs.preferredMaintenanceWindow,
  CopyTagsToSnapshot: inputs.copyTagsToSnapshot ?? false,
  DeletionProtection: inputs.deletionProtection ?? false,
  EnableIAMDatabaseAuthentication: inputs.iamDatabaseAuthenticationEnabled ?? false,
  EnableHttpEndpoint: inputs.enableHttpEndpoint,
  ServerlessV2ScalingConfiguration: scaling(inputs),
  ManageMasterUserPassword: inputs.manageMasterUserPassword,
  MasterUserSecretKmsKeyId: inputs.masterUserSecretKmsKeyId,
  DatabaseInsightsMode: inputs.databaseInsightsMode as rds.DatabaseInsightsMode | undefined,
  StorageType: inputs.storageType,
  Iops: inputs.iops,
  AllocatedStorage: inputs.allocatedStorage,
  DBClusterInstanceClass: inputs.dbClusterInstanceClass,
  AutoMinorVersionUpgrade: inputs.autoMinorVersionUpgrade,
  CACertificateIdentifier: inputs.caCertificateIdentifier,
  MonitoringInterval: inputs.monitoringInterval,
  MonitoringRoleArn: inputs.monitoringRoleArn,
  EnablePerformanceInsights: inputs.performanceInsightsEnabled,
  PerformanceInsightsKMSKeyId: inputs.performanceInsightsKmsKeyId,
  PerformanceInsightsRetentionPeriod: inputs.performanceInsightsRetentionPeriod,
});

/** Neither emulator restores clusters: the request is checked, and the cluster starts empty. */
function checkOrigin(ctx: Context, DBClusterIdentifier: string, inputs: Cluster): void {
  const { snapshotIdentifier, restoreToPointInTime: past } = inputs;
  if (snapshotIdentifier) {
    ctx.record(
      rds.RDSClient,
      new rds.RestoreDBClusterFromSnapshotCommand({
        DBClusterIdentifier,
        SnapshotIdentifier: snapshotIdentifier,
        Engine: inputs.engine,
        EngineVersion: inputs.engineVersion,
      }),
    );
  }
  if (past) {
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

export const cluster = define<ClusterArgs>({
  type: "aws:rds/cluster:Cluster",
  outputs: [
    "arn",
    "caCertificateValidTill",
    "clusterResourceId",
    "endpoint",
    "engineVersionActual",
    "hostedZoneId",
    "masterUserSecrets",
    "readerEndpoint",
  ],
  changing: ["engineVersionActual", "masterUserSecrets"],
  replaceOn: [
    "availabilityZones",
    "clusterIdentifier",
    "clusterIdentifierPrefix",
    "databaseName",
    "dbSubnetGroupName",
    "engine",
    "engineMode",
    "kmsKeyId",
    "masterUsername",
    "restoreToPointInTime",
    "s3Import",
    "snapshotIdentifier",
    "sourceRegion",
    "storageEncrypted",
  ],
  defaults: { engineMode: "provisioned", databaseInsightsMode: "standard", copyTagsToSnapshot: false },
  keeps: [
    "allocatedStorage",
    "availabilityZones",
    "backupRetentionPeriod",
    "clusterIdentifier",
    "clusterMembers",
    "databaseName",
    "dbClusterParameterGroupName",
    "dbSubnetGroupName",
    "engineLifecycleSupport",
    "engineVersion",
    "kmsKeyId",
    "masterUsername",
    "networkType",
    "port",
    "preferredBackupWindow",
    "preferredMaintenanceWindow",
    "vpcSecurityGroupIds",
  ],
  unordered: ["enabledCloudwatchLogsExports", "vpcSecurityGroupIds", "iamRoles", "availabilityZones"],
  settings: [
    "allowMajorVersionUpgrade",
    "applyImmediately",
    "deleteAutomatedBackups",
    "finalSnapshotIdentifier",
    "skipFinalSnapshot",
  ],
  refuses: {
    s3Import: "the local cloud cannot read Percona's backups",
    replicationSourceIdentifier: "the local cloud keeps no replicas of clusters",
    globalClusterIdentifier: "the local cloud has one region",
  },
  autoname: {
    property: "clusterIdentifier",
    prefix: "clusterIdentifierPrefix",
    maxLength: 63,
    transform: (name) => name.toLowerCase(),
  },
  taggable: true,
  check: (inputs) => finalSnapshotProblems(inputs),
  async create(ctx, inputs) {
    const DBClusterIdentifier = inputs.clusterIdentifier ?? "";
    checkOrigin(ctx, DBClusterIdentifier, inputs);
    await send(ctx).send(
      new rds.CreateDBClusterCommand({
        ...settings(inputs),
        DBClusterIdentifier,
        Engine: inputs.engine,
        EngineMode: inputs.engineMode,
        EngineLifecycleSupport: inputs.engineLifecycleSupport,
        DatabaseName: inputs.databaseName,
        MasterUsername: inputs.masterUsername,
        MasterUserPassword: inputs.masterPassword,
        DBSubnetGroupName: inputs.dbSubnetGroupName,
        AvailabilityZones: inputs.availabilityZones,
        StorageEncrypted: inputs.storageEncrypted ?? false,
        KmsKeyId: inputs.kmsKeyId,
        EnableCloudwatchLogsExports: inputs.enabledCloudwatchLogsExports,
        Tags: tagList(inputs.tags),
      }),
    );
    return DBClusterIdentifier;
  },
  async read(ctx, DBClusterIdentifier, known) {
    const { DBClusters: [held] = [] } = await send(ctx).send(
      new rds.DescribeDBClustersCommand({ DBClusterIdentifier }),
    );
    if (!held) return undefined;
    const secret = held.MasterUserSecret;
    return {
      clusterIdentifier: held.DBClusterIdentifier,
      arn: held.DBClusterArn,
      clusterResourceId: held.DbClusterResourceId,
      endpoint: held.Endpoint,
      readerEndpoint: held.ReaderEndpoint,
      hostedZoneId: held.HostedZoneId,
      port: held.Port,
      engine: held.Engine,
      engineVersion: held.EngineVersion,
      engineVersionActual: held.EngineVersion,
      databaseName: held.DatabaseName,
      masterUsername: known.masterUsername ?? held.MasterUsername,
      masterUserSecrets: secret
        ? [{ secretArn: secret.SecretArn, secretStatus: secret.SecretStatus, kmsKeyId: secret.KmsKeyId }]
        : [],
      dbSubnetGroupName: held.DBSubnetGroup,
      dbClusterParameterGroupName: held.DBClusterParameterGroup,
      vpcSecurityGroupIds: held.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
      backupRetentionPeriod: held.BackupRetentionPeriod,
      preferredBackupWindow: held.PreferredBackupWindow,
      preferredMaintenanceWindow: held.PreferredMaintenanceWindow,
      storageEncrypted: held.StorageEncrypted,
      kmsKeyId: held.KmsKeyId || undefined,
      deletionProtection: held.DeletionProtection,
      copyTagsToSnapshot: held.CopyTagsToSnapshot,
      iamDatabaseAuthenticationEnabled: held.IAMDatabaseAuthenticationEnabled,
      clusterMembers: held.DBClusterMembers?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier),
      tags: await tagsOf(ctx, held.DBClusterArn),
    };
  },
  async update(ctx, DBClusterIdentifier, olds, news) {
    const before = (olds.enabledCloudwatchLogsExports ?? []) as string[];
    const after = (news.enabledCloudwatchLogsExports ?? []) as string[];
    const on = after.filter((log) => !before.includes(log));
    const off = before.filter((log) => !after.includes(log));
    await send(ctx).send(
      new rds.ModifyDBClusterCommand({
        ...settings(news),
        DBClusterIdentifier,
        AllowMajorVersionUpgrade: news.allowMajorVersionUpgrade,
        MasterUserPassword: news.masterPassword === olds.masterPassword ? undefined : news.masterPassword,
        ApplyImmediately: true,
        CloudwatchLogsExportConfiguration:
          on.length + off.length > 0 ? { EnableLogTypes: on, DisableLogTypes: off } : undefined,
      }),
    );
    await retagRds(ctx, String(olds.arn), olds, news);
  },
  async delete(ctx, DBClusterIdentifier, known) {
    const skip = known.skipFinalSnapshot === true;
    await send(ctx).send(
      new rds.DeleteDBClusterCommand({
        DBClusterIdentifier,
        SkipFinalSnapshot: skip,
        FinalDBSnapshotIdentifier: skip ? undefined : known.finalSnapshotIdentifier,
        DeleteAutomatedBackups: known.deleteAutomatedBackups ?? true,
      }),
    );
  },
});

type Member = Inputs<ClusterInstanceArgs>;

const memberSettings = (inputs: Member) => ({
  DBInstanceClass: inputs.instanceClass,
  DBParameterGroupName: inputs.dbParameterGroupName,
  PubliclyAccessible: inputs.publiclyAccessible ?? false,
  AutoMinorVersionUpgrade: inputs.autoMinorVersionUpgrade ?? true,
  PreferredMaintenanceWindow: inputs.preferredMaintenanceWindow,
  CACertificateIdentifier: inputs.caCertIdentifier,
  CopyTagsToSnapshot: inputs.copyTagsToSnapshot ?? false,
  MonitoringInterval: inputs.monitoringInterval ?? 0,
  MonitoringRoleArn: inputs.monitoringRoleArn,
  EnablePerformanceInsights: inputs.performanceInsightsEnabled ?? false,
  PerformanceInsightsKMSKeyId: inputs.performanceInsightsKmsKeyId,
  PerformanceInsightsRetentionPeriod: inputs.performanceInsightsRetentionPeriod,
  PromotionTier: inputs.promotionTier ?? 0,
});

export const clusterInstance = define<ClusterInstanceArgs>({
  type: "aws:rds/clusterInstance:ClusterInstance",
  outputs: [
    "arn",
    "dbiResourceId",
    "endpoint",
    "engineVersionActual",
    "kmsKeyId",
    "networkType",
    "port",
    "storageEncrypted",
    "writer",
  ],
  changing: ["writer", "engineVersionActual"],
  replaceOn: [
    "availabilityZone",
    "clusterIdentifier",
    "customIamInstanceProfile",
    "dbSubnetGroupName",
    "engine",
    "identifier",
    "identifierPrefix",
  ],
  defaults: { autoMinorVersionUpgrade: true, monitoringInterval: 0 },
  keeps: [
    "availabilityZone",
    "caCertIdentifier",
    "dbParameterGroupName",
    "dbSubnetGroupName",
    "engineVersion",
    "identifier",
    "preferredBackupWindow",
    "preferredMaintenanceWindow",
  ],
  settings: ["applyImmediately", "forceDestroy"],
  autoname: {
    property: "identifier",
    prefix: "identifierPrefix",
    maxLength: 63,
    transform: (name) => name.toLowerCase(),
  },
  taggable: true,
  async create(ctx, inputs) {
    const DBInstanceIdentifier = inputs.identifier ?? "";
    await send(ctx).send(
      new rds.CreateDBInstanceCommand({
        ...memberSettings(inputs),
        DBInstanceIdentifier,
        DBClusterIdentifier: inputs.clusterIdentifier,
        Engine: inputs.engine,
        EngineVersion: inputs.engineVersion,
        AvailabilityZone: inputs.availabilityZone,
        DBSubnetGroupName: inputs.dbSubnetGroupName,
        Tags: tagList(inputs.tags),
      }),
    );
    return DBInstanceIdentifier;
  },
  async read(ctx, DBInstanceIdentifier, known) {
    const { DBInstances: [held] = [] } = await send(ctx).send(
      new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier }),
    );
    if (!held) return undefined;
    const { DBClusters: [owner] = [] } = await send(ctx).send(
      new rds.DescribeDBClustersCommand({ DBClusterIdentifier: held.DBClusterIdentifier }),
    );
    const member = owner?.DBClusterMembers?.find((one) => one.DBInstanceIdentifier === DBInstanceIdentifier);
    return {
      identifier: held.DBInstanceIdentifier,
      arn: held.DBInstanceArn,
      dbiResourceId: held.DbiResourceId,
      clusterIdentifier: held.DBClusterIdentifier,
      endpoint: held.Endpoint?.Address,
      port: owner?.Port ?? held.Endpoint?.Port,
      engine: held.Engine,
      engineVersion: known.engineVersion,
      engineVersionActual: held.EngineVersion,
      instanceClass: held.DBInstanceClass,
      publiclyAccessible: held.PubliclyAccessible,
      monitoringInterval: held.MonitoringInterval,
      preferredMaintenanceWindow: held.PreferredMaintenanceWindow,
      copyTagsToSnapshot: held.CopyTagsToSnapshot,
      kmsKeyId: owner?.KmsKeyId,
      storageEncrypted: owner?.StorageEncrypted ?? false,
      networkType: held.NetworkType ?? "IPV4",
      writer: member?.IsClusterWriter ?? false,
      tags: await tagsOf(ctx, held.DBInstanceArn),
    };
  },
  async update(ctx, DBInstanceIdentifier, olds, news) {
    await send(ctx).send(
      new rds.ModifyDBInstanceCommand({ ...memberSettings(news), DBInstanceIdentifier, ApplyImmediately: true }),
    );
    await retagRds(ctx, String(olds.arn), olds, news);
  },
  async delete(ctx, DBInstanceIdentifier) {
    await send(ctx).send(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true }));
  },
});
