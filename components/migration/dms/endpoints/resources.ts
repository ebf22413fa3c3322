import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../../core/encryption-key";
import type { Statement } from "../../../core/iam";
import type { AwsContext } from "../../../core/scope";
import type { LakeEndpoint, MigrationCertificate, MigrationEndpoint, RelationalEndpoint } from "./arguments";
import { strictestTls } from "./engines";

/** What a lake's files look like when nothing else is said. */
export const LAKE_FILES = {
  zone: "processed" as const,
  datePartition: "day" as const,
  timestampColumn: "dms_timestamp",
  maxBatchSeconds: 60,
  minFileKiB: 32_000,
};

/** The rights an endpoint's role needs, without those on secrets. */
export function dataStatements(
  endpoint: MigrationEndpoint,
  role: "source" | "target",
  key: EncryptionKey,
  { partition, region, accountId }: AwsContext,
): Statement[] {
  switch (endpoint.engine) {
    case "s3": {
      const { lake, zone = LAKE_FILES.zone, prefix } = endpoint;
      if (role === "source") return lake.grantRead(zone, prefix);
      return [...lake.grantReadWrite(zone, prefix), ...lake.zones[zone].grantDelete(prefix)];
    }
    case "redshift": {
      const { bucket, prefix = "" } = endpoint.staging;
      return [...bucket.grantReadWrite(prefix), ...bucket.grantDelete(prefix)];
    }
    case "kinesis":
      return [
        {
          actions: ["kinesis:DescribeStream", "kinesis:PutRecord", "kinesis:PutRecords"],
          resources: [endpoint.streamArn],
        },
        endpoint.streamKeyArn
          ? { actions: ["kms:GenerateDataKey"], resources: [endpoint.streamKeyArn] }
          : { actions: ["kms:GenerateDataKey"], resources: [key.keyArn] },
      ];
    case "dynamodb": {
      // DMS keeps its own tables of what could not be applied beside those it fills.
      const own = ["awsdms_apply_exceptions", "awsdms_full_load_exceptions"];
      return [
        {
          actions: ["CreateTable", "DescribeTable", "DeleteTable", "PutItem", "UpdateItem", "DeleteItem"].map(
            (action) => `dynamodb:${action}`,
          ),
          resources: [...endpoint.tableNames, ...own].map(
            (table) => pulumi.interpolate`arn:${partition}:dynamodb:${region}:${accountId}:table/${table}`,
          ),
        },
        { actions: ["dynamodb:ListTables"], resources: ["*"] },
      ];
    }
    case "opensearch":
      return [
        {
          actions: ["Delete", "Get", "Head", "Post", "Put"].map((verb) => `es:ESHttp${verb}`),
          resources: [pulumi.interpolate`${endpoint.domainArn}/*`],
        },
      ];
    default:
      return [];
  }
}

/** The rights to read an endpoint's secret; none for endpoints without one, or with a role of their own. */
export function secretStatements(endpoint: MigrationEndpoint, key: EncryptionKey): Statement[] {
  if (!("secretArn" in endpoint) || endpoint.secretRoleArn !== undefined) return [];
  return [
    { actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], resources: [endpoint.secretArn] },
    { actions: ["kms:Decrypt", "kms:DescribeKey"], resources: [endpoint.secretKeyArn ?? key.keyArn] },
  ];
}

export interface EndpointPlace {
  /** Makes a physical name that no other migration has. */
  readonly id: (role: string) => pulumi.Output<string>;
  readonly key: EncryptionKey;
  readonly dataRoleArn: pulumi.Input<string>;
  readonly secretRoleArn: pulumi.Input<string> | undefined;
  readonly transform?: (args: aws.dms.EndpointArgs) => aws.dms.EndpointArgs;
  readonly transformLake?: (args: aws.dms.S3EndpointArgs) => aws.dms.S3EndpointArgs;
}

/** Makes an endpoint, and the certificate it verifies its server by; tells its ARN. */
export function migrationEndpoint(
  name: string,
  role: "source" | "target",
  endpoint: MigrationEndpoint,
  place: EndpointPlace,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const fixed = { ...options, deleteBeforeReplace: true };
  if (endpoint.engine === "s3") {
    const args = lakeEndpointArgs(endpoint, role, place);
    return new aws.dms.S3Endpoint(`${name}-${role}`, place.transformLake?.(args) ?? args, fixed).endpointArn;
  }
  const certificateArn =
    "certificate" in endpoint && endpoint.certificate
      ? certificate(`${name}-${role}-certificate`, endpoint.certificate, place.id(`${role}-certificate`), fixed)
      : undefined;
  const args: aws.dms.EndpointArgs = {
    endpointId: place.id(role),
    endpointType: role,
    engineName: endpoint.engine,
    kmsKeyArn: place.key.keyArn,
    // A task that runs cannot have its endpoint changed: the provider stops those that do, and starts them again.
    pauseReplicationTasks: true,
    ...engineArgs(endpoint, role, place, certificateArn),
  };
  return new aws.dms.Endpoint(`${name}-${role}`, place.transform?.(args) ?? args, fixed).endpointArn;
}

function certificate(
  name: string,
  given: MigrationCertificate,
  certificateId: pulumi.Output<string>,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  if ("arn" in given) return pulumi.output(given.arn);
  const content = "pem" in given ? { certificatePem: given.pem } : { certificateWallet: pulumi.secret(given.wallet) };
  return new aws.dms.Certificate(name, { certificateId, ...content }, options).certificateArn;
}

type ServerEndpoint = Exclude<MigrationEndpoint, LakeEndpoint>;

function engineArgs(
  endpoint: ServerEndpoint,
  role: "source" | "target",
  { key, dataRoleArn, secretRoleArn }: EndpointPlace,
  certificateArn: pulumi.Output<string> | undefined,
): Partial<aws.dms.EndpointArgs> {
  const tls = (): Partial<aws.dms.EndpointArgs> => {
    const { tls: sslMode = strictestTls(endpoint.engine) } = endpoint as { tls?: string };
    return { sslMode, certificateArn: sslMode === "none" ? undefined : certificateArn };
  };
  const secret = (): Partial<aws.dms.EndpointArgs> => {
    const { secretArn, secretRoleArn: own } = endpoint as { secretArn?: pulumi.Input<string>; secretRoleArn?: never };
    return { secretsManagerArn: secretArn, secretsManagerAccessRoleArn: own ?? secretRoleArn };
  };
  switch (endpoint.engine) {
    case "mongodb":
      return {
        ...tls(),
        ...secret(),
        databaseName: endpoint.databaseName,
        mongodbSettings: {
          authType: "password",
          authMechanism: "default",
          authSource: endpoint.authSource ?? "admin",
          nestingLevel: (endpoint.nesting ?? "document") === "document" ? "none" : "one",
        },
      };
    case "docdb":
      return {
        ...tls(),
        databaseName: endpoint.databaseName,
        serverName: endpoint.host,
        port: endpoint.port ?? 27017,
        username: endpoint.username,
        password: pulumi.secret(endpoint.password),
      };
    case "redshift":
      return {
        ...secret(),
        databaseName: endpoint.databaseName,
        redshiftSettings: {
          bucketName: endpoint.staging.bucket.bucketName,
          bucketFolder: (endpoint.staging.prefix ?? "").replace(/\/$/, "") || undefined,
          encryptionMode: "SSE_KMS",
          serverSideEncryptionKmsKeyId: key.keyArn,
          serviceAccessRoleArn: dataRoleArn,
        },
      };
    case "kinesis":
      return {
        kinesisSettings: {
          streamArn: endpoint.streamArn,
          serviceAccessRoleArn: dataRoleArn,
          messageFormat: endpoint.format ?? "json-unformatted",
          ...messageDetails(endpoint.details),
        },
      };
    case "kafka":
      return {
        kafkaSettings: {
          broker: endpoint.brokers,
          topic: endpoint.topic,
          securityProtocol: "ssl-encryption",
          sslCaCertificateArn: certificateArn,
          messageFormat: endpoint.format ?? "json-unformatted",
          ...messageDetails(endpoint.details),
        },
      };
    case "dynamodb":
      return { serviceAccessRole: dataRoleArn };
    case "opensearch":
      return {
        elasticsearchSettings: {
          endpointUri: endpoint.url,
          serviceAccessRoleArn: dataRoleArn,
          errorRetryDuration: endpoint.retrySeconds ?? 300,
          fullLoadErrorPercentage: endpoint.maxFailedPercent ?? 10,
          useNewMappingType: true,
        },
      };
    case "redis":
      return {
        redisSettings: {
          serverName: endpoint.host,
          port: endpoint.port ?? 6379,
          authType: endpoint.username === undefined ? "auth-token" : "auth-role",
          authUserName: endpoint.username,
          authPassword: pulumi.secret(endpoint.token),
          sslSecurityProtocol: "ssl-encryption",
          sslCaCertificateArn: certificateArn,
        },
      };
    default:
      return { ...tls(), ...secret(), databaseName: endpoint.databaseName, ...relationalSettings(endpoint, role) };
  }
}

const messageDetails = (all = false): object => ({
  includeControlDetails: all,
  includeNullAndEmpty: all,
  includePartitionValue: all,
  includeTableAlterOperations: all,
  includeTransactionDetails: all,
});

function relationalSettings(endpoint: RelationalEndpoint, role: "source" | "target"): Partial<aws.dms.EndpointArgs> {
  if (role === "target") return {};
  switch (endpoint.engine) {
    case "postgres":
    case "aurora-postgresql": {
      const { slotName, plugin, heartbeatMinutes } = endpoint;
      if (slotName === undefined && plugin === undefined && heartbeatMinutes === undefined) return {};
      return {
        postgresSettings: {
          slotName,
          pluginName: plugin,
          heartbeatEnable: heartbeatMinutes !== undefined,
          heartbeatFrequency: heartbeatMinutes,
        },
      };
    }
    case "oracle":
      return endpoint.redoReader === "binary" ? { extraConnectionAttributes: "useLogminerReader=N;useBfile=Y" } : {};
    default:
      return {};
  }
}

function lakeEndpointArgs(
  endpoint: LakeEndpoint,
  role: "source" | "target",
  { id, key, dataRoleArn }: EndpointPlace,
): aws.dms.S3EndpointArgs {
  const { lake, zone = LAKE_FILES.zone, prefix } = endpoint;
  const common = {
    endpointId: id(role),
    endpointType: role,
    bucketName: lake.zones[zone].bucketName,
    bucketFolder: prefix.replace(/\/$/, ""),
    serviceAccessRoleArn: dataRoleArn,
  };
  if (role === "source") {
    return {
      ...common,
      externalTableDefinition: JSON.stringify(endpoint.tables),
      cdcPath: endpoint.changesFolder,
      ignoreHeaderRows: 1,
    };
  }
  const ordered = endpoint.transactionFolder !== undefined;
  const partition = endpoint.datePartition ?? (ordered ? "none" : LAKE_FILES.datePartition);
  const sequence = { none: undefined, month: "YYYYMM", day: "YYYYMMDD", hour: "YYYYMMDDHH" }[partition];
  return {
    ...common,
    dataFormat: "parquet",
    parquetVersion: "parquet-2-0",
    // What Athena and Spark read as a timestamp: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
    parquetTimestampInMillisecond: true,
    compressionType: "GZIP",
    encryptionMode: "SSE_KMS",
    serverSideEncryptionKmsKeyId: key.keyArn,
    // The column `Op` says what happened: without it a loaded row and an inserted one differ in their columns.
    includeOpForFullLoad: true,
    timestampColumnName: endpoint.timestampColumn ?? LAKE_FILES.timestampColumn,
    datePartitionEnabled: partition !== "none",
    datePartitionSequence: sequence,
    datePartitionDelimiter: sequence && "SLASH",
    preserveTransactions: ordered,
    cdcPath: endpoint.transactionFolder,
    cdcMaxBatchInterval: endpoint.maxBatchSeconds ?? LAKE_FILES.maxBatchSeconds,
    cdcMinFileSize: endpoint.minFileKiB ?? LAKE_FILES.minFileKiB,
  };
}
