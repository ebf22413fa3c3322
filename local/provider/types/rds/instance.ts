import { randomBytes } from "node:crypto";
import * as rds from "@aws-sdk/client-rds";
import * as secrets from "@aws-sdk/client-secrets-manager";
import type { InstanceArgs } from "@pulumi/aws/rds";
import { define, found, type Context, type Inputs, type Props } from "../../handler";
import { tagList } from "../../shape";
import { isUnknown } from "../../../../evaluate/wire";
import { retagRds, send, tagsOf } from "./tags";

type Instance = Inputs<InstanceArgs>;

/** Settings that creation and change have in common, as both requests spell them. */
function settings(inputs: Instance) {
  return {
    DBInstanceClass: inputs.instanceClass,
    StorageType: inputs.storageType,
    Iops: inputs.iops,
    StorageThroughput: inputs.storageThroughput,
    MaxAllocatedStorage: inputs.maxAllocatedStorage,
    DBParameterGroupName: inputs.parameterGroupName,
    OptionGroupName: inputs.optionGroupName,
    VpcSecurityGroupIds: inputs.vpcSecurityGroupIds,
    PubliclyAccessible: inputs.publiclyAccessible ?? false,
    MultiAZ: inputs.multiAz ?? false,
    AutoMinorVersionUpgrade: inputs.autoMinorVersionUpgrade ?? true,
    BackupRetentionPeriod: inputs.backupRetentionPeriod,
    PreferredBackupWindow: inputs.backupWindow,
    PreferredMaintenanceWindow: inputs.maintenanceWindow,
    CACertificateIdentifier: inputs.caCertIdentifier,
    CopyTagsToSnapshot: inputs.copyTagsToSnapshot ?? false,
    DeletionProtection: inputs.deletionProtection ?? false,
    EnableIAMDatabaseAuthentication: inputs.iamDatabaseAuthenticationEnabled ?? false,
    MonitoringInterval: inputs.monitoringInterval ?? 0,
    MonitoringRoleArn: inputs.monitoringRoleArn,
    EnablePerformanceInsights: inputs.performanceInsightsEnabled ?? false,
    PerformanceInsightsKMSKeyId: inputs.performanceInsightsKmsKeyId,
    PerformanceInsightsRetentionPeriod: inputs.performanceInsightsRetentionPeriod,
    DatabaseInsightsMode: inputs.databaseInsightsMode as rds.DatabaseInsightsMode | undefined,
    ManageMasterUserPassword: inputs.manageMasterUserPassword,
    MasterUserSecretKmsKeyId: inputs.masterUserSecretKmsKeyId,
  };
}

function creation(identifier: string, inputs: Instance): rds.CreateDBInstanceCommandInput {
  return {
    ...settings(inputs),
    DBInstanceIdentifier: identifier,
    Engine: inputs.engine,
    EngineVersion: inputs.engineVersion,
    EngineLifecycleSupport: inputs.engineLifecycleSupport,
    LicenseModel: inputs.licenseModel,
    AllocatedStorage: inputs.allocatedStorage,
    StorageEncrypted: inputs.storageEncrypted ?? false,
    KmsKeyId: inputs.kmsKeyId,
    DBSubnetGroupName: inputs.dbSubnetGroupName,
    DBName: inputs.dbName,
    MasterUsername: inputs.username,
    MasterUserPassword: inputs.password,
    Port: inputs.port,
    AvailabilityZone: inputs.availabilityZone,
    EnableCloudwatchLogsExports: inputs.enabledCloudwatchLogsExports,
    Tags: tagList(inputs.tags),
  };
}

/** Makes the instance, from nothing, as a replica or from a past. */
async function make(ctx: Context, DBInstanceIdentifier: string, inputs: Instance): Promise<void> {
  const wanted = creation(DBInstanceIdentifier, inputs);
  const { replicateSourceDb, snapshotIdentifier, restoreToPointInTime: past } = inputs;
  if (replicateSourceDb) {
    // What this request does not take, the change that follows does.
    const {
      BackupRetentionPeriod: _days,
      PreferredBackupWindow: _backup,
      PreferredMaintenanceWindow: _maintenance,
      ManageMasterUserPassword: _managed,
      MasterUserSecretKmsKeyId: _secretKey,
      ...shared
    } = settings(inputs);
    await send(ctx).send(
      new rds.CreateDBInstanceReadReplicaCommand({
        ...shared,
        DBInstanceIdentifier,
        SourceDBInstanceIdentifier: replicateSourceDb,
        EnableCloudwatchLogsExports: inputs.enabledCloudwatchLogsExports,
        Port: inputs.port,
        Tags: tagList(inputs.tags),
      }),
    );
    await modify(ctx, DBInstanceIdentifier, inputs, {});
  } else if (snapshotIdentifier) {
    await send(ctx).send(
      new rds.RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier,
        DBSnapshotIdentifier: snapshotIdentifier,
        DBInstanceClass: inputs.instanceClass,
        DBSubnetGroupName: inputs.dbSubnetGroupName,
        Port: inputs.port,
        MultiAZ: inputs.multiAz,
        StorageType: inputs.storageType,
        Tags: tagList(inputs.tags),
      }),
    );
    await modify(ctx, DBInstanceIdentifier, inputs, {});
  } else {
    if (past) {
      ctx.record(
        rds.RDSClient,
        new rds.RestoreDBInstanceToPointInTimeCommand({
          TargetDBInstanceIdentifier: DBInstanceIdentifier,
          SourceDBInstanceIdentifier: past.sourceDbInstanceIdentifier,
          SourceDBInstanceAutomatedBackupsArn: past.sourceDbInstanceAutomatedBackupsArn,
          SourceDbiResourceId: past.sourceDbiResourceId,
          UseLatestRestorableTime: past.useLatestRestorableTime,
          RestoreTime: past.restoreTime === undefined ? undefined : new Date(past.restoreTime),
        }),
      );
    }
    await send(ctx).send(new rds.CreateDBInstanceCommand(wanted));
  }
}

async function modify(
  ctx: Context,
  DBInstanceIdentifier: string,
  news: Instance,
  olds: Partial<Instance>,
): Promise<void> {
  const before = new Set((olds.enabledCloudwatchLogsExports ?? []) as string[]);
  const after = (news.enabledCloudwatchLogsExports ?? []) as string[];
  const on = after.filter((log) => !before.has(log));
  const off = [...before].filter((log) => !after.includes(log));
  const replica = news.replicateSourceDb !== undefined;
  await send(ctx).send(
    new rds.ModifyDBInstanceCommand({
      ...settings(news),
      DBInstanceIdentifier,
      // No limit above what is allocated means: it does not grow.
      MaxAllocatedStorage: news.maxAllocatedStorage ?? news.allocatedStorage,
      AllocatedStorage: replica ? undefined : news.allocatedStorage,
      ManageMasterUserPassword: replica ? undefined : news.manageMasterUserPassword,
      EngineVersion: news.engineVersion,
      AllowMajorVersionUpgrade: news.allowMajorVersionUpgrade,
      DBPortNumber: news.port,
      MasterUserPassword: news.password === olds.password ? undefined : news.password,
      // Nobody waits for the window of a local database.
      ApplyImmediately: true,
      CloudwatchLogsExportConfiguration:
        on.length + off.length > 0 ? { EnableLogTypes: on, DisableLogTypes: off } : undefined,
    }),
  );
}

/** MiniStack keeps no secret for an instance: one is made as RDS makes it, and goes with the instance. */
async function managedSecret(ctx: Context, inputs: Instance): Promise<Props> {
  const { ARN } = await ctx.client(secrets.SecretsManagerClient).send(
    new secrets.CreateSecretCommand({
      Name: `rds!db-${randomBytes(16).toString("hex")}`,
      Description: `Secret of the local database ${String(inputs.identifier)}`,
      KmsKeyId: inputs.masterUserSecretKmsKeyId,
      SecretString: JSON.stringify({ username: inputs.username, password: randomBytes(20).toString("hex") }),
    }),
  );
  return { secretArn: ARN, secretStatus: "active", kmsKeyId: inputs.masterUserSecretKmsKeyId };
}

const dropSecrets = async (ctx: Context, held: unknown): Promise<void> => {
  for (const { secretArn } of (held ?? []) as { secretArn?: string }[]) {
    await found(
      ctx
        .client(secrets.SecretsManagerClient)
        .send(new secrets.DeleteSecretCommand({ SecretId: secretArn, ForceDeleteWithoutRecovery: true })),
    );
  }
};

export const instance = define<InstanceArgs>({
  type: "aws:rds/instance:Instance",
  outputs: [
    "address",
    "arn",
    "endpoint",
    "engineVersionActual",
    "hostedZoneId",
    "latestRestorableTime",
    "listenerEndpoints",
    "masterUserSecrets",
    "replicas",
    "resourceId",
    "status",
  ],
  changing: ["engineVersionActual", "masterUserSecrets"],
  replaceOn: [
    "availabilityZone",
    "backupTarget",
    "characterSetName",
    "customIamInstanceProfile",
    "dbName",
    "engine",
    "kmsKeyId",
    "ncharCharacterSetName",
    "restoreToPointInTime",
    "s3Import",
    "snapshotIdentifier",
    "storageEncrypted",
    "timezone",
    "username",
  ],
  defaults: { autoMinorVersionUpgrade: true, databaseInsightsMode: "standard", monitoringInterval: 0 },
  keeps: [
    "allocatedStorage",
    "availabilityZone",
    "backupRetentionPeriod",
    "backupTarget",
    "backupWindow",
    "caCertIdentifier",
    "dbName",
    "dbSubnetGroupName",
    "engine",
    "engineLifecycleSupport",
    "engineVersion",
    "identifier",
    "kmsKeyId",
    "licenseModel",
    "maintenanceWindow",
    "networkType",
    "optionGroupName",
    "parameterGroupName",
    "port",
    "storageType",
    "username",
    "vpcSecurityGroupIds",
  ],
  unordered: ["enabledCloudwatchLogsExports", "vpcSecurityGroupIds"],
  settings: [
    "allowMajorVersionUpgrade",
    "applyImmediately",
    "blueGreenUpdate",
    "deleteAutomatedBackups",
    "finalSnapshotIdentifier",
    "skipFinalSnapshot",
  ],
  refuses: {
    domain: "the local cloud has no directories",
    s3Import: "the local cloud cannot read Percona's backups",
  },
  autoname: {
    property: "identifier",
    prefix: "identifierPrefix",
    maxLength: 63,
    transform: (name) => name.toLowerCase(),
  },
  taggable: true,
  check: (inputs) => finalSnapshotProblems(inputs),
  async create(ctx, inputs, exists) {
    const identifier = inputs.identifier ?? "";
    await make(ctx, identifier, inputs);
    exists(identifier);
    return {
      id: identifier,
      outs: { masterUserSecrets: inputs.manageMasterUserPassword ? [await managedSecret(ctx, inputs)] : [] },
    };
  },
  async read(ctx, DBInstanceIdentifier, known) {
    const { DBInstances: [held] = [] } = await send(ctx).send(
      new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier }),
    );
    if (!held) return undefined;
    const { Address, Port, HostedZoneId } = held.Endpoint ?? {};
    const replica = known.replicateSourceDb !== undefined;
    return {
      identifier: held.DBInstanceIdentifier,
      arn: held.DBInstanceArn,
      resourceId: held.DbiResourceId,
      status: held.DBInstanceStatus,
      address: Address,
      endpoint: `${Address}:${Port}`,
      hostedZoneId: HostedZoneId,
      port: known.port ?? Port,
      engine: held.Engine,
      engineVersion: known.engineVersion ?? held.EngineVersion,
      engineVersionActual: held.EngineVersion,
      instanceClass: held.DBInstanceClass,
      ...(replica ? {} : { allocatedStorage: held.AllocatedStorage }),
      storageType: held.StorageType,
      maxAllocatedStorage: held.MaxAllocatedStorage,
      ...(replica ? {} : { backupRetentionPeriod: held.BackupRetentionPeriod, kmsKeyId: held.KmsKeyId || undefined }),
      // A replica is encrypted as its source is, whether it says so or not.
      ...(replica ? {} : { storageEncrypted: held.StorageEncrypted }),
      multiAz: held.MultiAZ,
      deletionProtection: held.DeletionProtection,
      publiclyAccessible: held.PubliclyAccessible,
      copyTagsToSnapshot: held.CopyTagsToSnapshot,
      iamDatabaseAuthenticationEnabled: held.IAMDatabaseAuthenticationEnabled,
      maintenanceWindow: held.PreferredMaintenanceWindow,
      monitoringInterval: held.MonitoringInterval,
      parameterGroupName: held.DBParameterGroups?.[0]?.DBParameterGroupName,
      vpcSecurityGroupIds: held.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
      username: known.username ?? held.MasterUsername,
      masterUserSecrets: known.masterUserSecrets ?? [],
      // Replicas made later are no change of their source.
      replicas: known.replicas ?? held.ReadReplicaDBInstanceIdentifiers ?? [],
      listenerEndpoints: [],
      latestRestorableTime: held.LatestRestorableTime?.toISOString(),
      tags: await tagsOf(ctx, held.DBInstanceArn),
    };
  },
  async update(ctx, identifier, olds, news, changed) {
    if (changed.has("identifier")) throw new Error("MiniStack cannot rename a database: destroy and deploy it anew");
    await modify(ctx, identifier, news, olds);
    await retagRds(ctx, String(olds.arn), olds, news);
    const had = (olds.masterUserSecrets ?? []) as Props[];
    if (news.manageMasterUserPassword && had.length === 0)
      return { masterUserSecrets: [await managedSecret(ctx, news)] };
    if (news.manageMasterUserPassword || had.length === 0) return { masterUserSecrets: had };
    await dropSecrets(ctx, had);
    return { masterUserSecrets: [] };
  },
  async delete(ctx, DBInstanceIdentifier, known) {
    const skip = known.skipFinalSnapshot === true || known.replicateSourceDb !== undefined;
    await send(ctx).send(
      new rds.DeleteDBInstanceCommand({
        DBInstanceIdentifier,
        SkipFinalSnapshot: skip,
        FinalDBSnapshotIdentifier: skip ? undefined : known.finalSnapshotIdentifier,
        DeleteAutomatedBackups: known.deleteAutomatedBackups ?? true,
      }),
    );
    await dropSecrets(ctx, known.masterUserSecrets);
  },
});

/** AWS's provider would only say so when the database is to be deleted. */
export function finalSnapshotProblems(inputs: {
  readonly skipFinalSnapshot?: unknown;
  readonly finalSnapshotIdentifier?: unknown;
  readonly replicateSourceDb?: unknown;
}): { readonly property: string; readonly reason: string }[] {
  const { skipFinalSnapshot, finalSnapshotIdentifier: snapshot } = inputs;
  if (skipFinalSnapshot === true) return [];
  if (snapshot === undefined)
    return [{ property: "finalSnapshotIdentifier", reason: "is required unless skipFinalSnapshot is true" }];
  const wellFormed = typeof snapshot !== "string" || isUnknown(snapshot) || /^[A-Za-z](-?[A-Za-z0-9])*$/.test(snapshot);
  return wellFormed
    ? []
    : [
        {
          property: "finalSnapshotIdentifier",
          reason: "must begin with a letter, and have single hyphens inside only",
        },
      ];
}
