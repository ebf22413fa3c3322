import * as dms from "@aws-sdk/client-database-migration-service";
import type { EndpointArgs, S3EndpointArgs } from "@pulumi/aws/dms";
import { define, type Context, type Inputs } from "../../handler";
import { toApi } from "../../shape";
import { filter, moto, runningTasks, start, stop, tagged } from "./moto";

type Endpoint = Inputs<EndpointArgs>;
type Lake = Inputs<S3EndpointArgs>;

/** Engines whose credentials DMS can read from Secrets Manager, and the settings that take them. */
const SECRETS: Readonly<Record<string, keyof dms.CreateEndpointCommandInput>> = {
  aurora: "MySQLSettings",
  "aurora-postgresql": "PostgreSQLSettings",
  mariadb: "MySQLSettings",
  mongodb: "MongoDbSettings",
  mysql: "MySQLSettings",
  oracle: "OracleSettings",
  postgres: "PostgreSQLSettings",
  redshift: "RedshiftSettings",
  sqlserver: "MicrosoftSQLServerSettings",
};

function endpointRequest(inputs: Endpoint): dms.CreateEndpointCommandInput {
  const settings = SECRETS[inputs.engineName];
  const credentials = inputs.secretsManagerArn
    ? {
        SecretsManagerSecretId: inputs.secretsManagerArn,
        SecretsManagerAccessRoleArn: inputs.secretsManagerAccessRoleArn,
        DatabaseName: inputs.databaseName,
      }
    : undefined;
  const own = {
    ...toApi<object>(inputs.postgresSettings ?? {}),
    ...toApi<object>(inputs.mysqlSettings ?? {}),
    ...toApi<object>(inputs.oracleSettings ?? {}),
    ...toApi<object>(
      inputs.redshiftSettings
        ? { ...inputs.redshiftSettings, encryptionMode: small(inputs.redshiftSettings.encryptionMode) }
        : {},
    ),
    ...toApi<object>(inputs.mongodbSettings ?? {}),
  };
  return {
    EndpointIdentifier: inputs.endpointId,
    EndpointType: inputs.endpointType as dms.ReplicationEndpointTypeValue,
    EngineName: inputs.engineName,
    KmsKeyId: inputs.kmsKeyArn,
    CertificateArn: inputs.certificateArn,
    SslMode: inputs.sslMode as dms.DmsSslModeValue | undefined,
    ExtraConnectionAttributes: inputs.extraConnectionAttributes,
    ...(credentials
      ? {}
      : {
          DatabaseName: inputs.databaseName,
          ServerName: inputs.serverName,
          Port: inputs.port,
          Username: inputs.username,
          Password: inputs.password,
        }),
    ...(settings ? { [settings]: { ...own, ...credentials } } : {}),
    ...(inputs.kafkaSettings ? { KafkaSettings: toApi(inputs.kafkaSettings) } : {}),
    ...(inputs.kinesisSettings ? { KinesisSettings: toApi(inputs.kinesisSettings) } : {}),
    ...(inputs.elasticsearchSettings ? { ElasticsearchSettings: toApi(inputs.elasticsearchSettings) } : {}),
    ...(inputs.redisSettings ? { RedisSettings: toApi(inputs.redisSettings) } : {}),
    ...(inputs.engineName === "dynamodb"
      ? { DynamoDbSettings: { ServiceAccessRoleArn: inputs.serviceAccessRole } }
      : {}),
  } as dms.CreateEndpointCommandInput;
}

function lakeRequest({
  endpointId,
  endpointType,
  sslMode,
  certificateArn,
  tags,
  ...rest
}: Lake): dms.CreateEndpointCommandInput {
  const { kmsKeyArn, detachTargetOnLobLookupFailureParquet: _support, region: _region, ...settings } = rest;
  return {
    EndpointIdentifier: endpointId,
    EndpointType: endpointType as dms.ReplicationEndpointTypeValue,
    EngineName: "s3",
    SslMode: sslMode as dms.DmsSslModeValue | undefined,
    CertificateArn: certificateArn,
    KmsKeyId: kmsKeyArn,
    Tags: tagged(tags),
    S3Settings: toApi({
      ...settings,
      compressionType: small(settings.compressionType),
      encryptionMode: small(settings.encryptionMode),
    }),
  };
}

/** AWS's provider writes these values as the console does, the API in small letters: `SSE_KMS` and `sse-kms`. */
const small = (value: string | undefined): string | undefined => value?.toLowerCase().replaceAll("_", "-");

async function endpointOf(ctx: Context, id: string): Promise<dms.Endpoint | undefined> {
  const { Endpoints = [] } = await moto(ctx).send(
    new dms.DescribeEndpointsCommand({ Filters: filter("endpoint-id", id) }),
  );
  return Endpoints[0];
}

async function make(ctx: Context, request: dms.CreateEndpointCommandInput): Promise<void> {
  const id = request.EndpointIdentifier ?? "";
  if (await endpointOf(ctx, id)) throw new Error(`ResourceAlreadyExistsFault: there is an endpoint ${id}`);
  await moto(ctx).send(new dms.CreateEndpointCommand(request));
}

const take = (ctx: Context, EndpointArn: string): Promise<unknown> =>
  moto(ctx).send(new dms.DeleteEndpointCommand({ EndpointArn }));

/** moto cannot modify an endpoint: a changed one is checked, deleted and made again under its ARN. */
async function change(ctx: Context, arn: string, request: dms.CreateEndpointCommandInput): Promise<void> {
  const { ResourceIdentifier: _id, Tags: _tags, ...asked } = request;
  const { KmsKeyId: _key, ...settings } = asked;
  ctx.record(
    dms.DatabaseMigrationServiceClient,
    new dms.ModifyEndpointCommand({ ...settings, EndpointArn: arn } as dms.ModifyEndpointCommandInput),
  );
  await take(ctx, arn);
  await make(ctx, { ...request, ResourceIdentifier: arn.split(":").at(-1) });
}

const inUse = (id: string, tasks: readonly string[]): Error =>
  new Error(`InvalidResourceStateFault: ${id} is in use by running tasks (${tasks.join(", ")}): stop them first`);

export const endpoint = define<EndpointArgs>({
  type: "aws:dms/endpoint:Endpoint",
  outputs: ["endpointArn"],
  replaceOn: ["endpointId", "kmsKeyArn"],
  keeps: ["certificateArn", "extraConnectionAttributes", "kmsKeyArn", "sslMode"],
  settings: ["pauseReplicationTasks"],
  taggable: true,
  check(inputs) {
    const {
      engineName,
      secretsManagerArn,
      secretsManagerAccessRoleArn: role,
      password,
      sslMode,
      certificateArn,
    } = inputs;
    const problems = [];
    if (secretsManagerArn !== undefined && SECRETS[engineName] === undefined) {
      problems.push({ property: "secretsManagerArn", reason: `${engineName} takes no secret of Secrets Manager` });
    }
    if (secretsManagerArn !== undefined && role === undefined) {
      problems.push({ property: "secretsManagerAccessRoleArn", reason: "a secret needs the role that reads it" });
    }
    if (secretsManagerArn !== undefined && password !== undefined) {
      problems.push({ property: "password", reason: "conflicts with secretsManagerArn" });
    }
    if (String(sslMode ?? "").startsWith("verify") && certificateArn === undefined) {
      problems.push({ property: "certificateArn", reason: `sslMode ${String(sslMode)} needs a certificate` });
    }
    return problems;
  },
  async create(ctx, inputs) {
    await make(ctx, { ...endpointRequest(inputs), Tags: tagged(inputs.tags) });
    return inputs.endpointId;
  },
  async read(ctx, id) {
    const held = await endpointOf(ctx, id);
    return (
      held && {
        endpointArn: held.EndpointArn,
        endpointId: held.EndpointIdentifier,
        endpointType: held.EndpointType,
        engineName: held.EngineName,
        sslMode: held.SslMode,
        certificateArn: held.CertificateArn,
        kmsKeyArn: held.KmsKeyId,
      }
    );
  },
  async update(ctx, id, olds, news) {
    const arn = String(olds.endpointArn);
    const tasks = await runningTasks(ctx, arn);
    if (tasks.length > 0 && !news.pauseReplicationTasks) throw inUse(id, tasks);
    for (const task of tasks) await stop(ctx, task);
    await change(ctx, arn, endpointRequest(news));
    for (const task of tasks) await start(ctx, task, "resume-processing");
  },
  async delete(ctx, _id, known) {
    await take(ctx, String(known.endpointArn));
  },
});

export const s3Endpoint = define<S3EndpointArgs>({
  type: "aws:dms/s3Endpoint:S3Endpoint",
  outputs: ["endpointArn", "engineDisplayName", "externalId", "status"],
  replaceOn: ["endpointId", "kmsKeyArn"],
  keeps: ["certificateArn", "expectedBucketOwner", "kmsKeyArn", "sslMode", "serverSideEncryptionKmsKeyId"],
  documents: ["externalTableDefinition"],
  taggable: true,
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
  async create(ctx, inputs) {
    await make(ctx, lakeRequest(inputs));
    return inputs.endpointId;
  },
  async read(ctx, id) {
    const held = await endpointOf(ctx, id);
    return (
      held && {
        endpointArn: held.EndpointArn,
        endpointId: held.EndpointIdentifier,
        endpointType: held.EndpointType,
        engineDisplayName: "Amazon S3",
        externalId: held.ExternalId,
        status: "active",
        bucketName: held.S3Settings?.BucketName,
        bucketFolder: held.S3Settings?.BucketFolder,
        serviceAccessRoleArn: held.S3Settings?.ServiceAccessRoleArn,
      }
    );
  },
  async update(ctx, id, olds, news) {
    const arn = String(olds.endpointArn);
    // The provider stops nobody for this type.
    const tasks = await runningTasks(ctx, arn);
    if (tasks.length > 0) throw inUse(id, tasks);
    await change(ctx, arn, lakeRequest(news));
  },
  async delete(ctx, _id, known) {
    await take(ctx, String(known.endpointArn));
  },
});
