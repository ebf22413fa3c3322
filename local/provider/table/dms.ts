import { createHash } from "node:crypto";
import type { Made, Row } from "../generic/row";
import type { Props } from "../handler";
import { changedOnlyAtRest, heldByTasks, mappingProblems, pausing, restarting, settingsProblems } from "../types/dms";

/** No emulator knows DMS: its requests are checked, and the stack's state is the only record. */
const SERVICE = "DatabaseMigrationService";

/** DMS names what it makes in capitals, where the program does not. */
const unique = (name: unknown): string =>
  createHash("sha256").update(String(name)).digest("hex").toUpperCase().slice(0, 26);

const arnOf =
  (output: string, kind: string, name: string, id?: (inputs: Props) => unknown) =>
  ({ ctx, inputs }: Made): Props => {
    const arn = ctx.arn("dms", `${kind}:${id ? String(id(inputs)) : unique(inputs[name])}`);
    return { [output]: arn };
  };

/** As `arnOf`, for types whose id is the ARN. */
const namedByArn =
  (kind: string) =>
  ({ ctx, inputs }: Made): Props => {
    const arn = ctx.arn("dms", `${kind}:${unique(inputs.replicationConfigIdentifier ?? inputs.name)}`);
    return { id: arn, arn };
  };

/** AWS's provider writes these values as the console does, the API in small letters: `SSE_KMS` and `sse-kms`. */
const small = (value: unknown): unknown =>
  typeof value === "string" ? value.toLowerCase().replaceAll("_", "-") : value;

/** Engines whose credentials DMS can read from Secrets Manager, and the property with their settings. */
const SECRETS: Readonly<Record<string, string>> = {
  aurora: "mysqlSettings",
  "aurora-postgresql": "postgresSettings",
  mariadb: "mysqlSettings",
  mongodb: "mongodbSettings",
  mysql: "mysqlSettings",
  oracle: "oracleSettings",
  postgres: "postgresSettings",
  redshift: "redshiftSettings",
  sqlserver: "",
};

/** With a secret, what leads to the database stands in the engine's settings. */
function withSecret(inputs: Props): Props {
  const { engineName, secretsManagerArn, secretsManagerAccessRoleArn, databaseName, ...rest } = inputs;
  const { serverName: _server, port: _port, username: _user, password: _password, ...others } = rest;
  const settings = SECRETS[String(engineName)];
  if (!secretsManagerArn || !settings) return inputs;
  const credentials = { secretsManagerSecretId: secretsManagerArn, secretsManagerAccessRoleArn, databaseName };
  return { ...others, engineName, [settings]: { ...(inputs[settings] as Props | undefined), ...credentials } };
}

/** Settings of engines for which AWS's provider has no property. */
function otherSettings(given: Props): Props {
  if (given.engineName === "dynamodb") return { DynamoDbSettings: { ServiceAccessRoleArn: given.serviceAccessRole } };
  if (given.engineName !== "sqlserver" || !given.secretsManagerArn) return {};
  return {
    MicrosoftSQLServerSettings: {
      SecretsManagerSecretId: given.secretsManagerArn,
      SecretsManagerAccessRoleArn: given.secretsManagerAccessRoleArn,
      DatabaseName: given.databaseName,
    },
  };
}

/** The categories of events that a kind of source has: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html. */
const EVENT_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  "replication-instance": [
    "configuration change",
    "creation",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
  ],
  "replication-task": ["configuration change", "creation", "deletion", "failure", "state change"],
};

export const DMS: readonly Row[] = [
  {
    type: "aws:dms/certificate:Certificate",
    service: SERVICE,
    create: "ImportCertificate",
    id: "{certificateId}",
    names: { certificateId: "CertificateIdentifier" },
    delete: "DeleteCertificate",
    recorded: arnOf("certificateArn", "cert", "certificateId"),
    tags: { of: "certificateArn" },
    prepare: ({ certificateWallet, ...rest }) => ({
      ...rest,
      ...(certificateWallet === undefined
        ? {}
        : { certificateWallet: Buffer.from(String(certificateWallet), "base64") }),
    }),
    replaceOn: ["certificateId", "certificatePem", "certificateWallet"],
    check({ certificatePem, certificateWallet }) {
      return (certificatePem === undefined) === (certificateWallet === undefined)
        ? [{ property: "certificatePem", reason: "either certificatePem or certificateWallet must be set" }]
        : [];
    },
  },
  {
    type: "aws:dms/dataProvider:DataProvider",
    service: SERVICE,
    create: "CreateDataProvider",
    id: "DataProviderIdentifier",
    names: {
      "settings.ibmDb2ZosSettings": "IbmDb2zOsSettings",
      "settings.postgresqlSettings": "PostgreSqlSettings",
    },
    update: ["ModifyDataProvider"],
    delete: "DeleteDataProvider",
    recorded: namedByArn("data-provider"),
    keeps: ["name"],
    autoname: { property: "name", maxLength: 255 },
  },
  {
    type: "aws:dms/endpoint:Endpoint",
    service: SERVICE,
    create: { operation: "CreateEndpoint", with: otherSettings },
    id: "{endpointId}",
    names: {
      endpointId: "EndpointIdentifier",
      kmsKeyArn: "KmsKeyId",
      postgresSettings: "PostgreSQLSettings",
    },
    update: [{ operation: "ModifyEndpoint", with: otherSettings }],
    delete: "DeleteEndpoint",
    recorded: arnOf("endpointArn", "endpoint", "endpointId"),
    tags: { of: "endpointArn" },
    prepare: (inputs) => {
      const { redshiftSettings: given } = inputs as { redshiftSettings?: Props };
      const redshiftSettings = given && { ...given, encryptionMode: small(given.encryptionMode) };
      return withSecret(given ? { ...inputs, redshiftSettings } : inputs);
    },
    unsent: ["secretsManagerArn", "secretsManagerAccessRoleArn", "serviceAccessRole"],
    replaceOn: ["endpointId", "kmsKeyArn"],
    keeps: ["certificateArn", "extraConnectionAttributes", "kmsKeyArn", "sslMode"],
    settings: ["pauseReplicationTasks"],
    wrap: pausing,
    check(inputs) {
      const { engineName, secretsManagerArn, secretsManagerAccessRoleArn: role, password, sslMode } = inputs;
      const problems = [];
      if (secretsManagerArn !== undefined && SECRETS[String(engineName)] === undefined) {
        problems.push({
          property: "secretsManagerArn",
          reason: `${String(engineName)} takes no secret of Secrets Manager`,
        });
      }
      if (secretsManagerArn !== undefined && role === undefined) {
        problems.push({ property: "secretsManagerAccessRoleArn", reason: "a secret needs the role that reads it" });
      }
      if (secretsManagerArn !== undefined && password !== undefined) {
        problems.push({ property: "password", reason: "conflicts with secretsManagerArn" });
      }
      if (String(sslMode ?? "").startsWith("verify") && inputs.certificateArn === undefined) {
        problems.push({ property: "certificateArn", reason: `sslMode ${String(sslMode)} needs a certificate` });
      }
      return problems;
    },
  },
  {
    type: "aws:dms/eventSubscription:EventSubscription",
    service: SERVICE,
    create: "CreateEventSubscription",
    id: "{name}",
    names: { name: "SubscriptionName" },
    update: ["ModifyEventSubscription"],
    delete: "DeleteEventSubscription",
    recorded: arnOf("arn", "es", "name", ({ name }) => name),
    sends: { enabled: true },
    replaceOn: ["name", "sourceIds"],
    defaults: { enabled: true },
    keeps: ["name"],
    unordered: ["eventCategories", "sourceIds"],
    autoname: { property: "name", maxLength: 255 },
    check({ sourceType, eventCategories }) {
      const known = EVENT_CATEGORIES[String(sourceType)];
      if (!known) {
        return [{ property: "sourceType", reason: `expected one of ${Object.keys(EVENT_CATEGORIES).join(", ")}` }];
      }
      const wrong = Array.isArray(eventCategories) ? eventCategories.filter((one) => !known.includes(String(one))) : [];
      const reason = `${String(sourceType)} has no ${wrong.join(", ")}; it has ${known.join(", ")}`;
      return wrong.length === 0 ? [] : [{ property: "eventCategories", reason }];
    },
  },
  {
    type: "aws:dms/instanceProfile:InstanceProfile",
    service: SERVICE,
    create: "CreateInstanceProfile",
    id: "InstanceProfileIdentifier",
    names: { vpcSecurityGroupIds: "VpcSecurityGroups" },
    update: ["ModifyInstanceProfile"],
    delete: "DeleteInstanceProfile",
    recorded: namedByArn("instance-profile"),
    keeps: ["name", "availabilityZone", "kmsKeyArn", "networkType", "subnetGroupIdentifier", "vpcSecurityGroupIds"],
    defaults: { publiclyAccessible: true },
    unordered: ["vpcSecurityGroupIds"],
    autoname: { property: "name", maxLength: 255 },
  },
  {
    type: "aws:dms/migrationProject:MigrationProject",
    service: SERVICE,
    create: "CreateMigrationProject",
    id: "MigrationProjectIdentifier",
    names: {
      instanceProfileArn: "InstanceProfileIdentifier",
      "sourceDataProviderDescriptors.dataProviderArn": "DataProviderIdentifier",
      "targetDataProviderDescriptors.dataProviderArn": "DataProviderIdentifier",
    },
    update: ["ModifyMigrationProject"],
    delete: "DeleteMigrationProject",
    recorded: namedByArn("migration-project"),
    keeps: ["name"],
    settings: ["timeouts"],
    autoname: { property: "name", maxLength: 255 },
  },
  {
    type: "aws:dms/replicationConfig:ReplicationConfig",
    service: SERVICE,
    create: "CreateReplicationConfig",
    id: "ReplicationConfigArn",
    update: ["ModifyReplicationConfig"],
    delete: "DeleteReplicationConfig",
    recorded: namedByArn("replication-config"),
    replaceOn: ["resourceIdentifier"],
    keeps: ["replicationSettings", "resourceIdentifier", "computeConfig.preferredMaintenanceWindow"],
    documents: ["replicationSettings", "supplementalSettings", "tableMappings"],
    unordered: ["computeConfig.vpcSecurityGroupIds"],
    unsent: ["startReplication"],
    wrap: changedOnlyAtRest,
    check: (inputs) => [
      ...settingsProblems("replicationSettings", inputs.replicationSettings),
      ...mappingProblems(inputs.tableMappings),
    ],
  },
  {
    type: "aws:dms/replicationInstance:ReplicationInstance",
    service: SERVICE,
    create: "CreateReplicationInstance",
    id: "{replicationInstanceId}",
    names: {
      replicationInstanceId: "ReplicationInstanceIdentifier",
      replicationSubnetGroupId: "ReplicationSubnetGroupIdentifier",
      kmsKeyArn: "KmsKeyId",
    },
    update: ["ModifyReplicationInstance"],
    delete: "DeleteReplicationInstance",
    recorded: (made) => ({
      ...arnOf("replicationInstanceArn", "rep", "replicationInstanceId")(made),
      replicationInstancePrivateIps: [],
      replicationInstancePublicIps: [],
    }),
    tags: { of: "replicationInstanceArn" },
    wrap: heldByTasks,
    sends: { publiclyAccessible: false },
    replaceOn: [
      "availabilityZone",
      "kmsKeyArn",
      "publiclyAccessible",
      "replicationInstanceId",
      "replicationSubnetGroupId",
      "dnsNameServers",
    ],
    keeps: [
      "allocatedStorage",
      "autoMinorVersionUpgrade",
      "availabilityZone",
      "engineVersion",
      "kmsKeyArn",
      "multiAz",
      "networkType",
      "preferredMaintenanceWindow",
      "publiclyAccessible",
      "replicationSubnetGroupId",
      "vpcSecurityGroupIds",
    ],
    unordered: ["vpcSecurityGroupIds"],
    settings: ["applyImmediately", "allowMajorVersionUpgrade"],
    refuses: { kerberosAuthenticationSettings: "secrets of Secrets Manager" },
    check: ({ multiAz, availabilityZone }) =>
      multiAz === true && availabilityZone !== undefined
        ? [{ property: "availabilityZone", reason: "a Multi-AZ instance has none of its own" }]
        : [],
  },
  {
    type: "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup",
    service: SERVICE,
    create: "CreateReplicationSubnetGroup",
    id: "{replicationSubnetGroupId}",
    names: { replicationSubnetGroupId: "ReplicationSubnetGroupIdentifier" },
    update: ["ModifyReplicationSubnetGroup"],
    delete: "DeleteReplicationSubnetGroup",
    recorded: arnOf("replicationSubnetGroupArn", "subgrp", "", ({ replicationSubnetGroupId: id }) => id),
    tags: { of: "replicationSubnetGroupArn" },
    replaceOn: ["replicationSubnetGroupId"],
    unordered: ["subnetIds"],
    check({ subnetIds, replicationSubnetGroupId: id }) {
      const problems = [];
      if (Array.isArray(subnetIds) && new Set(subnetIds).size < 2) {
        problems.push({ property: "subnetIds", reason: "a subnet group needs subnets in two zones at least" });
      }
      if (id === "default") {
        problems.push({ property: "replicationSubnetGroupId", reason: '"default" is reserved' });
      }
      return problems;
    },
  },
  {
    type: "aws:dms/replicationTask:ReplicationTask",
    service: SERVICE,
    create: "CreateReplicationTask",
    id: "{replicationTaskId}",
    names: { replicationTaskId: "ReplicationTaskIdentifier" },
    update: ["ModifyReplicationTask"],
    delete: "DeleteReplicationTask",
    recorded: (made) => ({
      ...arnOf("replicationTaskArn", "task", "replicationTaskId")(made),
      status: made.inputs.startReplicationTask === true ? "running" : "ready",
    }),
    tags: { of: "replicationTaskArn" },
    unsent: ["startReplicationTask"],
    changing: ["status"],
    replaceOn: [
      "replicationInstanceArn",
      "replicationTaskId",
      "resourceIdentifier",
      "sourceEndpointArn",
      "targetEndpointArn",
    ],
    keeps: ["cdcStartPosition", "replicationTaskSettings"],
    documents: ["replicationTaskSettings", "tableMappings"],
    wrap: restarting,
    check: (inputs) => [
      ...settingsProblems("replicationTaskSettings", inputs.replicationTaskSettings),
      ...mappingProblems(inputs.tableMappings),
      ...(inputs.cdcStartPosition !== undefined && inputs.cdcStartTime !== undefined
        ? [{ property: "cdcStartTime", reason: "conflicts with cdcStartPosition" }]
        : []),
    ],
  },
  {
    type: "aws:dms/s3Endpoint:S3Endpoint",
    service: SERVICE,
    create: { operation: "CreateEndpoint", with: { EngineName: "s3" } },
    id: "{endpointId}",
    names: { endpointId: "EndpointIdentifier", kmsKeyArn: "KmsKeyId" },
    within: ["S3Settings"],
    update: [{ operation: "ModifyEndpoint", with: { EngineName: "s3" } }],
    delete: "DeleteEndpoint",
    recorded: (made) => ({
      ...arnOf("endpointArn", "endpoint", "endpointId")(made),
      engineDisplayName: "Amazon S3",
      status: "active",
    }),
    tags: { of: "endpointArn" },
    prepare: (inputs) => ({
      ...inputs,
      compressionType: small(inputs.compressionType),
      encryptionMode: small(inputs.encryptionMode),
    }),
    unsent: ["detachTargetOnLobLookupFailureParquet"],
    replaceOn: ["endpointId", "kmsKeyArn"],
    keeps: ["certificateArn", "expectedBucketOwner", "kmsKeyArn", "sslMode", "serverSideEncryptionKmsKeyId"],
    documents: ["externalTableDefinition"],
    wrap: pausing,
    check(inputs) {
      const problems = [];
      if (inputs.endpointType === "source" && inputs.externalTableDefinition === undefined) {
        problems.push({ property: "externalTableDefinition", reason: "a source needs it" });
      }
      if (inputs.encryptionMode === "SSE_KMS" && inputs.serverSideEncryptionKmsKeyId === undefined) {
        problems.push({ property: "serverSideEncryptionKmsKeyId", reason: "encryptionMode SSE_KMS needs a key" });
      }
      if (inputs.preserveTransactions === true && !inputs.cdcPath) {
        problems.push({ property: "cdcPath", reason: "preserveTransactions needs the folder of the changes" });
      }
      return problems;
    },
  },
];
