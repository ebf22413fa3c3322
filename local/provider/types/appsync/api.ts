import * as appsync from "@aws-sdk/client-appsync";
import type {
  ApiCacheArgs,
  ApiKeyArgs,
  DomainNameApiAssociationArgs,
  DomainNameArgs,
  GraphQLApiArgs,
} from "@pulumi/aws/appsync";
import { define, type Context, type Inputs } from "../../handler";
import { retag } from "../../shape";

type Api = Inputs<GraphQLApiArgs>;

export const send = (ctx: Context): appsync.AppSyncClient => ctx.client(appsync.AppSyncClient);

interface AuthConfigs {
  readonly openidConnectConfig?: { issuer: string; clientId?: string; iatTtl?: number; authTtl?: number };
  readonly userPoolConfig?: { userPoolId: string; awsRegion?: string; appIdClientRegex?: string };
  readonly lambdaAuthorizerConfig?: appsync.LambdaAuthorizerConfig;
}

const auth = (
  ctx: Context,
  given: AuthConfigs,
): Omit<appsync.AdditionalAuthenticationProvider, "authenticationType"> => ({
  openIDConnectConfig: given.openidConnectConfig && {
    issuer: given.openidConnectConfig.issuer,
    clientId: given.openidConnectConfig.clientId,
    iatTTL: given.openidConnectConfig.iatTtl,
    authTTL: given.openidConnectConfig.authTtl,
  },
  userPoolConfig: given.userPoolConfig && {
    userPoolId: given.userPoolConfig.userPoolId,
    awsRegion: given.userPoolConfig.awsRegion ?? ctx.region,
    appIdClientRegex: given.userPoolConfig.appIdClientRegex,
  },
  lambdaAuthorizerConfig: given.lambdaAuthorizerConfig,
});

function settings(ctx: Context, inputs: Api): Omit<appsync.UpdateGraphqlApiCommandInput, "apiId"> {
  return {
    name: inputs.name,
    authenticationType: inputs.authenticationType as appsync.AuthenticationType,
    ...auth(ctx, inputs as AuthConfigs),
    userPoolConfig: inputs.userPoolConfig && {
      userPoolId: inputs.userPoolConfig.userPoolId,
      awsRegion: inputs.userPoolConfig.awsRegion ?? ctx.region,
      defaultAction: inputs.userPoolConfig.defaultAction as appsync.DefaultAction,
      appIdClientRegex: inputs.userPoolConfig.appIdClientRegex,
    },
    additionalAuthenticationProviders: inputs.additionalAuthenticationProviders?.map((one) => ({
      authenticationType: one.authenticationType as appsync.AuthenticationType,
      ...auth(ctx, one as AuthConfigs),
    })),
    logConfig: inputs.logConfig && {
      fieldLogLevel: inputs.logConfig.fieldLogLevel as appsync.FieldLogLevel,
      cloudWatchLogsRoleArn: inputs.logConfig.cloudwatchLogsRoleArn,
      excludeVerboseContent: inputs.logConfig.excludeVerboseContent,
    },
    xrayEnabled: inputs.xrayEnabled,
    introspectionConfig: inputs.introspectionConfig as appsync.GraphQLApiIntrospectionConfig | undefined,
    queryDepthLimit: inputs.queryDepthLimit,
    resolverCountLimit: inputs.resolverCountLimit,
  };
}

async function putSchema(ctx: Context, apiId: string, schema: string | undefined): Promise<void> {
  if (schema === undefined) return;
  await send(ctx).send(new appsync.StartSchemaCreationCommand({ apiId, definition: Buffer.from(schema) }));
  for (const deadline = Date.now() + 60_000; ; await new Promise((wake) => setTimeout(wake, 100))) {
    const { status, details } = await send(ctx).send(new appsync.GetSchemaCreationStatusCommand({ apiId }));
    if (status === "SUCCESS" || status === "ACTIVE") return;
    if (status === "FAILED") throw new Error(`the schema is refused: ${details}`);
    if (Date.now() > deadline) throw new Error(`the schema is ${status} after a minute`);
  }
}

export const graphQLApi = define<GraphQLApiArgs>({
  type: "aws:appsync/graphQLApi:GraphQLApi",
  outputs: ["arn", "uris"],
  replaceOn: ["apiType", "visibility"],
  defaults: { visibility: "GLOBAL", apiType: "GRAPHQL", introspectionConfig: "ENABLED" },
  keeps: ["name"],
  autoname: { property: "name", maxLength: 65_536 },
  taggable: true,
  async create(ctx, inputs, exists) {
    const { graphqlApi } = await send(ctx).send(
      new appsync.CreateGraphqlApiCommand({
        ...settings(ctx, inputs),
        name: inputs.name,
        authenticationType: inputs.authenticationType as appsync.AuthenticationType,
        visibility: inputs.visibility as appsync.GraphQLApiVisibility | undefined,
        apiType: inputs.apiType as appsync.GraphQLApiType | undefined,
        tags: inputs.tags,
      }),
    );
    const apiId = graphqlApi?.apiId ?? "";
    exists(apiId);
    await putSchema(ctx, apiId, inputs.schema);
    return apiId;
  },
  async read(ctx, apiId, known) {
    const { graphqlApi: held } = await send(ctx).send(new appsync.GetGraphqlApiCommand({ apiId }));
    if (!held) return undefined;
    const schema =
      known.schema === undefined
        ? undefined
        : await send(ctx)
            .send(new appsync.GetIntrospectionSchemaCommand({ apiId, format: "SDL" }))
            .then(({ schema: text }) => text && Buffer.from(text).toString("utf8"));
    return {
      name: held.name,
      arn: held.arn,
      uris: held.uris,
      schema,
      authenticationType: held.authenticationType,
      xrayEnabled: held.xrayEnabled ?? false,
      tags: held.tags ?? {},
    };
  },
  async update(ctx, apiId, olds, news, changed) {
    const others = [...changed].filter((name) => !["schema", "tags"].includes(name));
    if (others.length > 0) {
      const wanted = settings(ctx, news);
      await send(ctx).send(
        new appsync.UpdateGraphqlApiCommand({
          apiId,
          ...wanted,
          name: news.name ?? "",
          authenticationType: wanted.authenticationType,
        }),
      );
    }
    if (changed.has("schema")) await putSchema(ctx, apiId, news.schema);
    const resourceArn = String(olds.arn);
    await retag(
      olds,
      news,
      (tagKeys) => send(ctx).send(new appsync.UntagResourceCommand({ resourceArn, tagKeys })),
      (tags) => send(ctx).send(new appsync.TagResourceCommand({ resourceArn, tags })),
    );
  },
  async delete(ctx, apiId) {
    await send(ctx).send(new appsync.DeleteGraphqlApiCommand({ apiId }));
  },
});

/** `api:key` */
const parts = (id: string): readonly [string, string] => {
  const colon = id.indexOf(":");
  return [id.slice(0, colon), id.slice(colon + 1)];
};

const seconds = (expires: string | undefined): number | undefined =>
  expires === undefined ? undefined : Math.floor(Date.parse(expires) / 1000);

export const apiKey = define<ApiKeyArgs>({
  type: "aws:appsync/apiKey:ApiKey",
  outputs: ["apiKeyId", "key"],
  replaceOn: ["apiId"],
  keeps: ["expires", "description"],
  async create(ctx, { apiId, description, expires }) {
    const { apiKey: made } = await send(ctx).send(
      new appsync.CreateApiKeyCommand({ apiId, description, expires: seconds(expires) }),
    );
    return `${apiId}:${made?.id ?? ""}`;
  },
  async read(ctx, id) {
    const [apiId, key] = parts(id);
    const { apiKeys = [] } = await send(ctx).send(new appsync.ListApiKeysCommand({ apiId }));
    const held = apiKeys.find((one) => one.id === key);
    return held && { apiId, apiKeyId: key, key };
  },
  async update(ctx, id, _olds, { description, expires }) {
    const [apiId, key] = parts(id);
    await send(ctx).send(new appsync.UpdateApiKeyCommand({ apiId, id: key, description, expires: seconds(expires) }));
  },
  async delete(ctx, id) {
    const [apiId, key] = parts(id);
    await send(ctx).send(new appsync.DeleteApiKeyCommand({ apiId, id: key }));
  },
});

export const apiCache = define<ApiCacheArgs>({
  type: "aws:appsync/apiCache:ApiCache",
  outputs: [],
  replaceOn: ["apiId", "atRestEncryptionEnabled", "transitEncryptionEnabled"],
  async create(ctx, inputs) {
    await send(ctx).send(
      new appsync.CreateApiCacheCommand({
        apiId: inputs.apiId,
        apiCachingBehavior: inputs.apiCachingBehavior as appsync.ApiCachingBehavior,
        type: inputs.type as appsync.ApiCacheType,
        ttl: inputs.ttl,
        atRestEncryptionEnabled: inputs.atRestEncryptionEnabled,
        transitEncryptionEnabled: inputs.transitEncryptionEnabled,
      }),
    );
    return inputs.apiId;
  },
  async read(ctx, apiId) {
    const { apiCache: held } = await send(ctx).send(new appsync.GetApiCacheCommand({ apiId }));
    return held && { apiId, apiCachingBehavior: held.apiCachingBehavior, type: held.type, ttl: held.ttl };
  },
  async update(ctx, apiId, _olds, news) {
    await send(ctx).send(
      new appsync.UpdateApiCacheCommand({
        apiId,
        apiCachingBehavior: news.apiCachingBehavior as appsync.ApiCachingBehavior,
        type: news.type as appsync.ApiCacheType,
        ttl: news.ttl,
      }),
    );
  },
  async delete(ctx, apiId) {
    await send(ctx).send(new appsync.DeleteApiCacheCommand({ apiId }));
  },
});

/** Recorded only: the emulator has no domains. */
export const domainName = define<DomainNameArgs>({
  type: "aws:appsync/domainName:DomainName",
  outputs: ["appsyncDomainName", "hostedZoneId"],
  replaceOn: ["domainName", "certificateArn"],
  create(ctx, inputs) {
    ctx.record(appsync.AppSyncClient, new appsync.CreateDomainNameCommand(inputs));
    const outs = { appsyncDomainName: `${inputs.domainName}.appsync.invalid`, hostedZoneId: "Z2FDTNDATAQYW2" };
    return Promise.resolve({ id: inputs.domainName, outs });
  },
  read: (_, id) => Promise.resolve({ domainName: id }),
  update: (ctx, id, _olds, { description }) => {
    ctx.record(appsync.AppSyncClient, new appsync.UpdateDomainNameCommand({ domainName: id, description }));
    return Promise.resolve();
  },
  delete: () => Promise.resolve(),
});

export const domainNameApiAssociation = define<DomainNameApiAssociationArgs>({
  type: "aws:appsync/domainNameApiAssociation:DomainNameApiAssociation",
  outputs: [],
  replaceOn: [],
  create(ctx, inputs) {
    ctx.record(appsync.AppSyncClient, new appsync.AssociateApiCommand(inputs));
    return Promise.resolve(inputs.domainName);
  },
  read: (_, id) => Promise.resolve({ domainName: id }),
  delete: () => Promise.resolve(),
});
