import type { Row } from "../generic/row";
import type { Props } from "../handler";
import { logExports, withOrigin } from "../types/rds/cluster";
import { finalSnapshotProblems } from "../types/rds/instance";
import { parameterGroup } from "../types/rds/parameters";
import { optionGroup } from "../types/rds/options";

const lower = (name: string): string => name.toLowerCase();

const group = { property: "name", prefix: "namePrefix", maxLength: 255, transform: lower };

/** A proxy's pool of connections, with what RDS assumes of it. */
function pool({ connectionPoolConfig }: Props): Props {
  const given = (connectionPoolConfig ?? {}) as Record<string, number | undefined>;
  const maxConnectionsPercent = given.maxConnectionsPercent ?? 100;
  return {
    connectionBorrowTimeout: 120,
    maxIdleConnectionsPercent: Math.floor(maxConnectionsPercent / 2),
    sessionPinningFilters: [],
    ...given,
    maxConnectionsPercent,
  };
}

/** What MiniStack does not keep of a cluster, or tells otherwise than AWS. */
const FORGOTTEN = [
  "allocatedStorage",
  "availabilityZones",
  "databaseInsightsMode",
  "dbClusterInstanceClass",
  "enabledCloudwatchLogsExports",
  "enableHttpEndpoint",
  "engineLifecycleSupport",
  "engineMode",
  "iops",
  "monitoringInterval",
  "monitoringRoleArn",
  "networkType",
  "performanceInsightsEnabled",
  "performanceInsightsKmsKeyId",
  "performanceInsightsRetentionPeriod",
  "serverlessv2ScalingConfiguration",
  "storageType",
];

const groupIds = (groups: { VpcSecurityGroupId: string }[] = []): string[] =>
  groups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId);

export const RDS: readonly Row[] = [
  {
    type: "aws:rds/cluster:Cluster",
    service: "RDS",
    create: "CreateDBCluster",
    id: "{clusterIdentifier}",
    names: {
      enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
      masterPassword: "MasterUserPassword",
      finalSnapshotIdentifier: "FinalDBSnapshotIdentifier",
    },
    read: "DescribeDBClusters",
    update: [
      {
        operation: "ModifyDBCluster",
        without: ["engineMode"],
        with: (news, _ctx, _params, olds) => ({
          ApplyImmediately: true,
          ...(news.masterPassword === olds.masterPassword ? { MasterUserPassword: undefined } : {}),
          ...logExports(olds, news),
        }),
        for: [
          "allocatedStorage",
          "backupRetentionPeriod",
          "copyTagsToSnapshot",
          "databaseInsightsMode",
          "dbClusterInstanceClass",
          "dbClusterParameterGroupName",
          "deletionProtection",
          "enabledCloudwatchLogsExports",
          "enableHttpEndpoint",
          "engineVersion",
          "iamDatabaseAuthenticationEnabled",
          "iops",
          "manageMasterUserPassword",
          "masterPassword",
          "masterUserSecretKmsKeyId",
          "monitoringInterval",
          "monitoringRoleArn",
          "performanceInsightsEnabled",
          "performanceInsightsKmsKeyId",
          "performanceInsightsRetentionPeriod",
          "port",
          "preferredBackupWindow",
          "preferredMaintenanceWindow",
          "serverlessv2ScalingConfiguration",
          "storageType",
          "vpcSecurityGroupIds",
        ],
      },
    ],
    delete: {
      operation: "DeleteDBCluster",
      with: ({ skipFinalSnapshot: skip, finalSnapshotIdentifier, deleteAutomatedBackups = true }) => ({
        SkipFinalSnapshot: skip === true,
        FinalDBSnapshotIdentifier: skip === true ? undefined : finalSnapshotIdentifier,
        DeleteAutomatedBackups: deleteAutomatedBackups,
      }),
    },
    computed: ({ item, known }) => ({
      engineVersionActual: item.EngineVersion,
      masterUsername: known.masterUsername ?? item.MasterUsername,
      masterUserSecrets: item.MasterUserSecret
        ? [
            {
              secretArn: item.MasterUserSecret.SecretArn,
              secretStatus: item.MasterUserSecret.SecretStatus,
              kmsKeyId: item.MasterUserSecret.KmsKeyId,
            },
          ]
        : [],
      dbSubnetGroupName: item.DBSubnetGroup,
      dbClusterParameterGroupName: item.DBClusterParameterGroup,
      vpcSecurityGroupIds: groupIds(item.VpcSecurityGroups),
      clusterMembers: item.DBClusterMembers?.map((one: { DBInstanceIdentifier: string }) => one.DBInstanceIdentifier),
    }),
    forgotten: FORGOTTEN,
    cleared: ["kmsKeyId"],
    unsent: [
      "clusterMembers",
      "iamRoles",
      "masterPasswordWo",
      "masterPasswordWoVersion",
      "restoreToPointInTime",
      "snapshotIdentifier",
      "sourceRegion",
      "warningEventCategories",
    ],
    wrap: withOrigin,
    sends: {
      copyTagsToSnapshot: false,
      deletionProtection: false,
      iamDatabaseAuthenticationEnabled: false,
      storageEncrypted: false,
    },
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
      transform: lower,
    },
    check: (inputs) => finalSnapshotProblems(inputs),
  },
  {
    type: "aws:rds/clusterEndpoint:ClusterEndpoint",
    service: "RDS",
    create: "CreateDBClusterEndpoint",
    id: "{clusterEndpointIdentifier}",
    names: { customEndpointType: "EndpointType" },
    update: ["ModifyDBClusterEndpoint"],
    delete: "DeleteDBClusterEndpoint",
    recorded: ({ ctx, inputs: { clusterEndpointIdentifier: id } }) => ({
      arn: ctx.arn("rds", `cluster-endpoint:${String(id)}`),
      endpoint: `${String(id)}.cluster-custom-local.${ctx.region}.rds.amazonaws.com`,
    }),
    replaceOn: ["clusterEndpointIdentifier", "clusterIdentifier"],
    unordered: ["staticMembers", "excludedMembers"],
  },
  {
    type: "aws:rds/clusterInstance:ClusterInstance",
    service: "RDS",
    create: "CreateDBInstance",
    id: "{identifier}",
    names: { caCertIdentifier: "CACertificateIdentifier" },
    read: "DescribeDBInstances",
    more: ["DescribeDBClusters"],
    update: [
      { operation: "ModifyDBInstance", without: ["engine", "dbSubnetGroupName"], with: { ApplyImmediately: true } },
    ],
    delete: { operation: "DeleteDBInstance", with: { SkipFinalSnapshot: true } },
    computed: ({ item, known, more: [clusters] }) => {
      const owner = clusters?.DBClusters?.[0];
      const member = owner?.DBClusterMembers?.find(
        (one: { DBInstanceIdentifier: string }) => one.DBInstanceIdentifier === item.DBInstanceIdentifier,
      );
      return {
        endpoint: item.Endpoint?.Address,
        port: owner?.Port ?? item.Endpoint?.Port,
        engineVersion: known.engineVersion,
        engineVersionActual: item.EngineVersion,
        kmsKeyId: owner?.KmsKeyId,
        storageEncrypted: owner?.StorageEncrypted ?? false,
        networkType: item.NetworkType ?? "IPV4",
        writer: member?.IsClusterWriter ?? false,
      };
    },
    unsent: ["warningEventCategories"],
    // MiniStack does not keep them, or tells what AWS would not.
    forgotten: [
      "autoMinorVersionUpgrade",
      "availabilityZone",
      "caCertIdentifier",
      "customIamInstanceProfile",
      "dbParameterGroupName",
      "dbSubnetGroupName",
      "monitoringRoleArn",
      "performanceInsightsEnabled",
      "performanceInsightsKmsKeyId",
      "performanceInsightsRetentionPeriod",
      "preferredBackupWindow",
      "promotionTier",
    ],
    sends: {
      autoMinorVersionUpgrade: true,
      copyTagsToSnapshot: false,
      monitoringInterval: 0,
      performanceInsightsEnabled: false,
      promotionTier: 0,
      publiclyAccessible: false,
    },
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
    autoname: { property: "identifier", prefix: "identifierPrefix", maxLength: 63, transform: lower },
  },
  parameterGroup("aws:rds/clusterParameterGroup:ClusterParameterGroup", "DBClusterParameterGroup"),
  {
    type: "aws:rds/eventSubscription:EventSubscription",
    service: "RDS",
    create: "CreateEventSubscription",
    id: "{name}",
    names: { name: "SubscriptionName", snsTopic: "SnsTopicArn" },
    update: ["ModifyEventSubscription"],
    delete: "DeleteEventSubscription",
    recorded: ({ ctx, inputs: { name } }) => ({
      arn: ctx.arn("rds", `es:${String(name)}`),
      customerAwsId: ctx.accountId,
    }),
    sends: { enabled: true },
    replaceOn: ["name"],
    defaults: { enabled: true },
    keeps: ["name"],
    unordered: ["eventCategories", "sourceIds"],
    autoname: { property: "name", prefix: "namePrefix", maxLength: 255 },
    check: ({ sourceIds, sourceType }) =>
      sourceIds && !sourceType ? [{ property: "sourceType", reason: "sourceIds need the type of their source" }] : [],
  },
  {
    type: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    service: "RDS",
    create: "StartDBInstanceAutomatedBackupsReplication",
    id: "{sourceDbInstanceArn}",
    names: { retentionPeriod: "BackupRetentionPeriod" },
    delete: "StopDBInstanceAutomatedBackupsReplication",
    recorded: () => ({}),
    replaceOn: ["kmsKeyId", "preSignedUrl", "retentionPeriod", "sourceDbInstanceArn"],
    defaults: { retentionPeriod: 7 },
  },
  {
    type: "aws:rds/optionGroup:OptionGroup",
    service: "RDS",
    create: "CreateOptionGroup",
    id: "{name}",
    names: { name: "OptionGroupName" },
    read: "DescribeOptionGroups",
    delete: "DeleteOptionGroup",
    unsent: ["options"],
    forgotten: ["options"],
    wrap: optionGroup,
    sends: { optionGroupDescription: "Managed by Pulumi" },
    replaceOn: ["name", "namePrefix", "engineName", "majorEngineVersion", "optionGroupDescription"],
    keeps: ["name"],
    defaults: { optionGroupDescription: "Managed by Pulumi" },
    unordered: ["options", "options.optionSettings", "options.vpcSecurityGroupMemberships"],
    settings: ["skipDestroy"],
    autoname: group,
  },
  parameterGroup("aws:rds/parameterGroup:ParameterGroup", "DBParameterGroup"),
  {
    type: "aws:rds/proxy:Proxy",
    service: "RDS",
    create: "CreateDBProxy",
    id: "{name}",
    names: { vpcSecurityGroupIds: ["VpcSecurityGroupIds", "SecurityGroups"], "auths.username": "UserName" },
    read: "DescribeDBProxies",
    update: ["ModifyDBProxy"],
    delete: "DeleteDBProxy",
    sends: { requireTls: false, debugLogging: false },
    forgotten: ["endpointNetworkType", "targetConnectionNetworkType", "defaultAuthScheme"],
    changing: ["endpoint"],
    replaceOn: ["engineFamily", "vpcSubnetIds", "endpointNetworkType", "targetConnectionNetworkType"],
    defaults: { idleClientTimeout: 1800, endpointNetworkType: "IPV4", targetConnectionNetworkType: "IPV4" },
    keeps: ["name", "vpcSecurityGroupIds", "defaultAuthScheme"],
    unordered: ["auths", "vpcSubnetIds", "vpcSecurityGroupIds"],
    autoname: { property: "name", maxLength: 63, transform: lower },
    wrap: (proxy) => ({
      ...proxy,
      update(ctx, id, olds, news, changed) {
        if (changed.has("name")) throw new Error("the local cloud cannot rename a proxy: destroy and deploy it anew");
        return proxy.update?.(ctx, id, olds, news, changed) ?? Promise.resolve();
      },
    }),
  },
  {
    // The group every proxy is born with: it is set, and never deleted.
    type: "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
    service: "RDS",
    create: { operation: "ModifyDBProxyTargetGroup", with: { TargetGroupName: "default" } },
    id: "{dbProxyName}",
    names: { name: "TargetGroupName", arn: "TargetGroupArn" },
    read: "DescribeDBProxyTargetGroups",
    update: [{ operation: "ModifyDBProxyTargetGroup", with: { TargetGroupName: "default" } }],
    prepare: (inputs) => ({ ...inputs, connectionPoolConfig: pool(inputs) }),
    computed: ({ item: { ConnectionPoolConfig: held }, known }) => {
      const given = (known.connectionPoolConfig ?? {}) as Props;
      // What follows from the other settings is no difference.
      const idle =
        given.maxIdleConnectionsPercent === undefined
          ? {}
          : { maxIdleConnectionsPercent: held?.MaxIdleConnectionsPercent };
      return {
        connectionPoolConfig: {
          ...given,
          maxConnectionsPercent: held?.MaxConnectionsPercent,
          connectionBorrowTimeout: held?.ConnectionBorrowTimeout,
          ...idle,
        },
      };
    },
    replaceOn: ["dbProxyName"],
  },
  {
    type: "aws:rds/proxyTarget:ProxyTarget",
    service: "RDS",
    create: "RegisterDBProxyTargets",
    id: "{dbProxyName}/{targetGroupName}/{dbInstanceIdentifier|dbClusterIdentifier}",
    read: "DescribeDBProxyTargets",
    matches: ({ RdsResourceId }, id) => RdsResourceId === id.split("/").at(-1),
    computed: ({ item }) => ({
      [item.Type === "RDS_INSTANCE" ? "dbInstanceIdentifier" : "dbClusterIdentifier"]: item.RdsResourceId,
    }),
    delete: "DeregisterDBProxyTargets",
    replaceOn: ["dbProxyName", "targetGroupName", "dbInstanceIdentifier", "dbClusterIdentifier"],
  },
  {
    type: "aws:rds/subnetGroup:SubnetGroup",
    service: "RDS",
    create: "CreateDBSubnetGroup",
    id: "{name}",
    read: "DescribeDBSubnetGroups",
    update: ["ModifyDBSubnetGroup"],
    delete: "DeleteDBSubnetGroup",
    computed: ({ item }) => ({
      subnetIds: item.Subnets?.map(({ SubnetIdentifier }: { SubnetIdentifier: string }) => SubnetIdentifier),
      supportedNetworkTypes: item.SupportedNetworkTypes ?? ["IPV4"],
    }),
    sends: { description: "Managed by Pulumi" },
    replaceOn: ["name", "namePrefix"],
    keeps: ["name"],
    defaults: { description: "Managed by Pulumi" },
    unordered: ["subnetIds"],
    autoname: group,
  },
];
