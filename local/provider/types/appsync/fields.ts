import * as appsync from "@aws-sdk/client-appsync";
import type { DataSourceArgs, FunctionArgs, ResolverArgs } from "@pulumi/aws/appsync";
import { define, type Context, type Inputs } from "../../handler";
import { send } from "./api";

type Source = Inputs<DataSourceArgs>;

function sourceSettings(ctx: Context, inputs: Source): Omit<appsync.UpdateDataSourceCommandInput, "apiId" | "name"> {
  const { dynamodbConfig: table, relationalDatabaseConfig: database, httpConfig: http } = inputs;
  return {
    type: inputs.type as appsync.DataSourceType,
    description: inputs.description,
    serviceRoleArn: inputs.serviceRoleArn,
    dynamodbConfig: table && {
      tableName: table.tableName,
      awsRegion: table.region ?? ctx.region,
      useCallerCredentials: table.useCallerCredentials,
      versioned: table.versioned,
      deltaSyncConfig: table.deltaSyncConfig && {
        deltaSyncTableName: table.deltaSyncConfig.deltaSyncTableName,
        baseTableTTL: table.deltaSyncConfig.baseTableTtl,
        deltaSyncTableTTL: table.deltaSyncConfig.deltaSyncTableTtl,
      },
    },
    lambdaConfig: inputs.lambdaConfig && { lambdaFunctionArn: inputs.lambdaConfig.functionArn },
    eventBridgeConfig: inputs.eventBridgeConfig,
    httpConfig: http as appsync.HttpDataSourceConfig | undefined,
    relationalDatabaseConfig: database && {
      relationalDatabaseSourceType: "RDS_HTTP_ENDPOINT",
      rdsHttpEndpointConfig: database.httpEndpointConfig && {
        awsRegion: database.httpEndpointConfig.region ?? ctx.region,
        dbClusterIdentifier: database.httpEndpointConfig.dbClusterIdentifier,
        databaseName: database.httpEndpointConfig.databaseName,
        schema: database.httpEndpointConfig.schema,
        awsSecretStoreArn: database.httpEndpointConfig.awsSecretStoreArn,
      },
    },
  };
}

/** `api-name` */
const parts = (id: string): readonly [string, string] => {
  const dash = id.indexOf("-");
  return [id.slice(0, dash), id.slice(dash + 1)];
};

export const dataSource = define<DataSourceArgs>({
  type: "aws:appsync/dataSource:DataSource",
  outputs: ["arn"],
  replaceOn: ["apiId", "name"],
  autoname: { property: "name", maxLength: 65, transform: (name) => name.replace(/\W/g, "_") },
  async create(ctx, inputs) {
    const { apiId, name = "" } = inputs;
    await send(ctx).send(
      new appsync.CreateDataSourceCommand({
        ...sourceSettings(ctx, inputs),
        apiId,
        name,
        type: inputs.type as appsync.DataSourceType,
      }),
    );
    return `${apiId}-${name}`;
  },
  async read(ctx, id) {
    const [apiId, name] = parts(id);
    const { dataSource: held } = await send(ctx).send(new appsync.GetDataSourceCommand({ apiId, name }));
    return (
      held && {
        apiId,
        name: held.name,
        arn: held.dataSourceArn ?? ctx.arn("appsync", `apis/${apiId}/datasources/${name}`),
        type: held.type,
        serviceRoleArn: held.serviceRoleArn || undefined,
      }
    );
  },
  async update(ctx, id, _olds, news) {
    const [apiId, name] = parts(id);
    await send(ctx).send(
      new appsync.UpdateDataSourceCommand({
        ...sourceSettings(ctx, news),
        apiId,
        name,
        type: news.type as appsync.DataSourceType,
      }),
    );
  },
  async delete(ctx, id) {
    const [apiId, name] = parts(id);
    await send(ctx).send(new appsync.DeleteDataSourceCommand({ apiId, name }));
  },
});

type Step = Inputs<FunctionArgs>;

const stepSettings = (inputs: Step): Omit<appsync.CreateFunctionCommandInput, "apiId"> => ({
  name: inputs.name,
  dataSourceName: inputs.dataSource,
  description: inputs.description,
  code: inputs.code,
  runtime: inputs.runtime as appsync.AppSyncRuntime | undefined,
  requestMappingTemplate: inputs.requestMappingTemplate,
  responseMappingTemplate: inputs.responseMappingTemplate,
  functionVersion: inputs.functionVersion ?? (inputs.code === undefined ? "2018-05-29" : undefined),
  maxBatchSize: inputs.maxBatchSize,
  syncConfig: inputs.syncConfig as appsync.SyncConfig | undefined,
});

export const step = define<FunctionArgs>({
  type: "aws:appsync/function:Function",
  outputs: ["arn", "functionId"],
  replaceOn: ["apiId"],
  keeps: ["functionVersion"],
  autoname: { property: "name", maxLength: 65, transform: (name) => name.replace(/\W/g, "_") },
  async create(ctx, inputs) {
    const { functionConfiguration } = await send(ctx).send(
      new appsync.CreateFunctionCommand({ ...stepSettings(inputs), apiId: inputs.apiId }),
    );
    return `${inputs.apiId}-${functionConfiguration?.functionId ?? ""}`;
  },
  async read(ctx, id) {
    const [apiId, functionId] = parts(id);
    const { functionConfiguration: held } = await send(ctx).send(new appsync.GetFunctionCommand({ apiId, functionId }));
    return (
      held && {
        apiId,
        functionId,
        arn: held.functionArn ?? ctx.arn("appsync", `apis/${apiId}/functions/${functionId}`),
        name: held.name,
        dataSource: held.dataSourceName,
        code: held.code,
      }
    );
  },
  async update(ctx, id, _olds, news) {
    const [apiId, functionId] = parts(id);
    await send(ctx).send(new appsync.UpdateFunctionCommand({ ...stepSettings(news), apiId, functionId }));
  },
  async delete(ctx, id) {
    const [apiId, functionId] = parts(id);
    await send(ctx).send(new appsync.DeleteFunctionCommand({ apiId, functionId }));
  },
});

type Resolver = Inputs<ResolverArgs>;

const resolverSettings = (inputs: Resolver): appsync.CreateResolverCommandInput => ({
  apiId: inputs.apiId,
  typeName: inputs.type,
  fieldName: inputs.field,
  dataSourceName: inputs.dataSource,
  kind: inputs.kind as appsync.ResolverKind | undefined,
  code: inputs.code,
  runtime: inputs.runtime as appsync.AppSyncRuntime | undefined,
  requestMappingTemplate: inputs.requestTemplate,
  responseMappingTemplate: inputs.responseTemplate,
  pipelineConfig: inputs.pipelineConfig,
  cachingConfig: inputs.cachingConfig && {
    ttl: inputs.cachingConfig.ttl,
    cachingKeys: inputs.cachingConfig.cachingKeys,
  },
  maxBatchSize: inputs.maxBatchSize,
  syncConfig: inputs.syncConfig as appsync.SyncConfig | undefined,
});

/** `api-Type-field` */
const place = (id: string): { readonly apiId: string; readonly typeName: string; readonly fieldName: string } => {
  const [apiId = "", typeName = "", ...field] = id.split("-");
  return { apiId, typeName, fieldName: field.join("-") };
};

export const resolver = define<ResolverArgs>({
  type: "aws:appsync/resolver:Resolver",
  outputs: ["arn"],
  replaceOn: ["apiId", "type", "field"],
  defaults: { kind: "UNIT" },
  async create(ctx, inputs) {
    await send(ctx).send(new appsync.CreateResolverCommand(resolverSettings(inputs)));
    return `${inputs.apiId}-${inputs.type}-${inputs.field}`;
  },
  async read(ctx, id) {
    const where = place(id);
    const { resolver: held } = await send(ctx).send(new appsync.GetResolverCommand(where));
    return (
      held && {
        apiId: where.apiId,
        type: held.typeName,
        field: held.fieldName,
        arn:
          held.resolverArn ??
          ctx.arn("appsync", `apis/${where.apiId}/types/${where.typeName}/resolvers/${where.fieldName}`),
        dataSource: held.dataSourceName || undefined,
        code: held.code,
      }
    );
  },
  async update(ctx, _id, _olds, news) {
    await send(ctx).send(new appsync.UpdateResolverCommand(resolverSettings(news)));
  },
  async delete(ctx, id) {
    await send(ctx).send(new appsync.DeleteResolverCommand(place(id)));
  },
});
