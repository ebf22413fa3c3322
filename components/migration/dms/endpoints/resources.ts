import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../../core/encryption-key";
import type { Statement } from "../../../core/iam";
import type { AwsContext, Scope } from "../../../core/scope";
import type { SecureBucket } from "../../../storage/secure-bucket";
import type { UniqueName } from "../compute";
import type { Endpoint, MigrationCertificate, SourceEndpoint, TargetEndpoint } from "./settings";

/**
 * Returns what DMS needs on objects that it writes, reads back and replaces
 * (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html#CHAP_Target.S3.Prerequisites).
 */
export const migrationObjects = (bucket: SecureBucket, prefix: string): Statement[] => [
  ...bucket.grantRead(prefix),
  ...bucket.grantWrite(prefix, { tags: true }),
  ...bucket.grantDelete(prefix),
];

/** Returns the rights that an endpoint's role needs, without those on secrets. */
export function dataStatements(
  endpoint: Endpoint,
  key: EncryptionKey,
  { partition, region, accountId }: AwsContext,
): Statement[] {
  switch (endpoint.engine) {
    case "s3": {
      const { lake, zone, prefix } = endpoint;
      if ("tables" in endpoint) return lake.grantRead(zone, prefix);
      return migrationObjects(lake.zones[zone], prefix);
    }
    case "redshift": {
      const { bucket, prefix = "" } = endpoint.staging;
      return migrationObjects(bucket, prefix);
    }
    case "kinesis":
      return [
        {
          actions: ["kinesis:DescribeStream", "kinesis:PutRecord", "kinesis:PutRecords"],
          resources: [endpoint.streamArn],
        },
        { actions: ["kms:GenerateDataKey"], resources: [endpoint.streamKeyArn ?? key.keyArn] },
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

/** Returns the rights to read an endpoint's secret; none for endpoints without one, or with a role of their own. */
export function secretStatements(endpoint: Endpoint, key: EncryptionKey): Statement[] {
  if (!("secretArn" in endpoint) || endpoint.secretRoleArn !== undefined) return [];
  return [
    { actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], resources: [endpoint.secretArn] },
    { actions: ["kms:Decrypt", "kms:DescribeKey"], resources: [endpoint.secretKeyArn ?? key.keyArn] },
  ];
}

export interface EndpointArgs {
  readonly uniqueName: UniqueName;
  readonly key: EncryptionKey;
  readonly dataRoleArn: pulumi.Input<string>;
  readonly secretRoleArn: pulumi.Input<string> | undefined;
  readonly transform?: (args: aws.dms.EndpointArgs) => aws.dms.EndpointArgs;
  readonly transformLake?: (args: aws.dms.S3EndpointArgs) => aws.dms.S3EndpointArgs;
}

/** Makes an endpoint, and the certificate by which it verifies its server. Returns its ARN. */
export function migrationEndpoint(
  scope: Scope,
  role: "source" | "target",
  endpoint: Endpoint,
  args: EndpointArgs,
): pulumi.Output<string> {
  const name = `${scope.name}-${role}`;
  const options = scope.mainChild({ deleteBeforeReplace: true });
  if (endpoint.engine === "s3") {
    const lakeArgs = lakeEndpointArgs(endpoint, role, args);
    return new aws.dms.S3Endpoint(name, args.transformLake?.(lakeArgs) ?? lakeArgs, options).endpointArn;
  }
  const certificateArn =
    "certificate" in endpoint && endpoint.certificate
      ? migrationCertificate(scope, `${role}-certificate`, endpoint.certificate, args.uniqueName)
      : undefined;
  const endpointArgs: aws.dms.EndpointArgs = {
    endpointId: args.uniqueName(role),
    endpointType: role,
    engineName: endpoint.engine,
    kmsKeyArn: args.key.keyArn,
    // A task that runs cannot have its endpoint changed: the provider stops those that do, and starts them again.
    pauseReplicationTasks: true,
    ...connection(endpoint, args, certificateArn),
    ...engineArgs(endpoint, args, certificateArn),
  };
  return new aws.dms.Endpoint(name, args.transform?.(endpointArgs) ?? endpointArgs, options).endpointArn;
}

/** Imports a certificate that DMS does not have yet. Returns its ARN. */
export function migrationCertificate(
  scope: Scope,
  role: string,
  given: MigrationCertificate,
  uniqueName: UniqueName,
): pulumi.Output<string> {
  if ("arn" in given) return pulumi.output(given.arn);
  const content = "pem" in given ? { certificatePem: given.pem } : { certificateWallet: pulumi.secret(given.wallet) };
  const args = { certificateId: uniqueName(role), ...content };
  const options = scope.mainChild({ deleteBeforeReplace: true });
  return new aws.dms.Certificate(`${scope.name}-${role}`, args, options).certificateArn;
}

type Lake<E extends Endpoint> = Extract<E, { readonly engine: "s3" }>;
type ServerEndpoint = Exclude<Endpoint, { readonly engine: "s3" }>;

/** Returns how DMS connects: database, credentials and TLS, as far as the engine has them. */
function connection(
  endpoint: ServerEndpoint,
  { secretRoleArn }: EndpointArgs,
  certificateArn: pulumi.Output<string> | undefined,
): Partial<aws.dms.EndpointArgs> {
  return {
    ...("databaseName" in endpoint ? { databaseName: endpoint.databaseName } : {}),
    ...("tls" in endpoint
      ? { sslMode: endpoint.tls, certificateArn: endpoint.tls === "none" ? undefined : certificateArn }
      : {}),
    ...("secretArn" in endpoint
      ? {
          secretsManagerArn: endpoint.secretArn,
          secretsManagerAccessRoleArn: endpoint.secretRoleArn ?? secretRoleArn,
        }
      : {}),
  };
}

/** Returns what is peculiar to an engine. */
function engineArgs(
  endpoint: ServerEndpoint,
  { key, dataRoleArn }: EndpointArgs,
  certificateArn: pulumi.Output<string> | undefined,
): Partial<aws.dms.EndpointArgs> {
  switch (endpoint.engine) {
    case "mongodb":
      return {
        mongodbSettings: {
          authType: "password",
          authMechanism: "default",
          authSource: endpoint.authSource,
          nestingLevel: endpoint.nesting === "document" ? "none" : "one",
        },
      };
    case "docdb":
      return {
        serverName: endpoint.host,
        port: endpoint.port,
        username: endpoint.username,
        password: pulumi.secret(endpoint.password),
      };
    case "redshift":
      return {
        redshiftSettings: {
          bucketName: endpoint.staging.bucket.bucketName,
          bucketFolder: endpoint.staging.prefix?.replace(/\/$/, ""),
          encryptionMode: "SSE_KMS",
          serverSideEncryptionKmsKeyId: key.keyArn,
          serviceAccessRoleArn: dataRoleArn,
        },
      };
    case "kinesis":
      return {
        kinesisSettings: { streamArn: endpoint.streamArn, serviceAccessRoleArn: dataRoleArn, ...messages(endpoint) },
      };
    case "kafka":
      return {
        kafkaSettings: {
          broker: endpoint.brokers,
          topic: endpoint.topic,
          securityProtocol: "ssl-encryption",
          sslCaCertificateArn: certificateArn,
          ...messages(endpoint),
        },
      };
    case "dynamodb":
      return { serviceAccessRole: dataRoleArn };
    case "opensearch":
      return {
        elasticsearchSettings: {
          endpointUri: endpoint.url,
          serviceAccessRoleArn: dataRoleArn,
          errorRetryDuration: endpoint.retrySeconds,
          fullLoadErrorPercentage: endpoint.maxFailedPercent,
          useNewMappingType: true,
        },
      };
    case "redis":
      return {
        redisSettings: {
          serverName: endpoint.host,
          port: endpoint.port,
          authType: endpoint.username === undefined ? "auth-token" : "auth-role",
          authUserName: endpoint.username,
          authPassword: pulumi.secret(endpoint.token),
          sslSecurityProtocol: "ssl-encryption",
          sslCaCertificateArn: certificateArn,
        },
      };
    case "oracle":
      return "redoReader" in endpoint && endpoint.redoReader === "binary"
        ? { extraConnectionAttributes: "useLogminerReader=N;useBfile=Y" }
        : {};
    case "postgres":
    case "aurora-postgresql":
      return "slotName" in endpoint || "plugin" in endpoint || "heartbeatMinutes" in endpoint
        ? { postgresSettings: postgresSettings(endpoint) }
        : {};
    default:
      return {};
  }
}

function postgresSettings({
  slotName,
  plugin,
  heartbeatMinutes,
}: Pick<
  Extract<SourceEndpoint, { readonly engine: "postgres" | "aurora-postgresql" }>,
  "slotName" | "plugin" | "heartbeatMinutes"
>): aws.types.input.dms.EndpointPostgresSettings | undefined {
  if (slotName === undefined && plugin === undefined && heartbeatMinutes === undefined) return undefined;
  return {
    slotName,
    pluginName: plugin,
    heartbeatEnable: heartbeatMinutes !== undefined,
    heartbeatFrequency: heartbeatMinutes,
  };
}

const messages = ({ format, details }: Extract<TargetEndpoint, { readonly engine: "kinesis" | "kafka" }>) => ({
  messageFormat: format,
  includeControlDetails: details,
  includeNullAndEmpty: details,
  includePartitionValue: details,
  includeTableAlterOperations: details,
  includeTransactionDetails: details,
});

function lakeEndpointArgs(
  endpoint: Lake<Endpoint>,
  role: "source" | "target",
  { uniqueName, key, dataRoleArn }: EndpointArgs,
): aws.dms.S3EndpointArgs {
  const { lake, zone, prefix } = endpoint;
  const common = {
    endpointId: uniqueName(role),
    endpointType: role,
    bucketName: lake.zones[zone].bucketName,
    bucketFolder: prefix.replace(/\/$/, ""),
    serviceAccessRoleArn: dataRoleArn,
  };
  if ("tables" in endpoint) {
    return {
      ...common,
      externalTableDefinition: JSON.stringify(endpoint.tables),
      cdcPath: endpoint.changesFolder,
      ignoreHeaderRows: 1,
    };
  }
  const isOrdered = endpoint.transactionFolder !== undefined;
  const { datePartition = isOrdered ? "none" : "day" } = endpoint;
  const sequence = { none: undefined, month: "YYYYMM", day: "YYYYMMDD", hour: "YYYYMMDDHH" }[datePartition];
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
    timestampColumnName: endpoint.timestampColumn,
    datePartitionEnabled: sequence !== undefined,
    datePartitionSequence: sequence,
    datePartitionDelimiter: sequence && "SLASH",
    preserveTransactions: isOrdered,
    cdcPath: endpoint.transactionFolder,
    cdcMaxBatchInterval: endpoint.maxBatchSeconds,
    cdcMinFileSize: endpoint.minFileKiB,
  };
}
