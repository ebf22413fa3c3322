import { isObject } from "../../../evaluate/wire";
import type { Row } from "../generic/row";
import type { Context, Props } from "../handler";
import { withSchema } from "../types/appsync";

const SERVICE = "AppSync";

/** GraphQL's names have no other characters. */
const autoname = { property: "name", maxLength: 65, transform: (name: string) => name.replace(/\W/g, "_") };

/** Settings of the program's with what AWS's provider sends where the program says nothing. */
const filled = (given: unknown, assumed: Props): Props | undefined =>
  isObject(given) ? { ...assumed, ...given } : undefined;

const dataSource = (inputs: Props, { region }: Context): Props => {
  const database = filled(inputs.relationalDatabaseConfig, { sourceType: "RDS_HTTP_ENDPOINT" });
  return {
    ...inputs,
    dynamodbConfig: filled(inputs.dynamodbConfig, { region }),
    opensearchserviceConfig: filled(inputs.opensearchserviceConfig, { region }),
    relationalDatabaseConfig: database && {
      ...database,
      httpEndpointConfig: filled(database.httpEndpointConfig, { region }),
    },
  };
};

const graphqlApi = ({ additionalAuthenticationProviders: others, ...inputs }: Props, { region }: Context): Props => {
  const pool = (given: Props): Props => ({
    ...given,
    userPoolConfig: filled(given.userPoolConfig, { awsRegion: region }),
  });
  return {
    ...pool(inputs),
    ...(Array.isArray(others) ? { additionalAuthenticationProviders: others.map(pool) } : {}),
  };
};

export const APPSYNC: readonly Row[] = [
  {
    type: "aws:appsync/apiCache:ApiCache",
    service: SERVICE,
    create: "CreateApiCache",
    id: "{apiId}",
    read: "GetApiCache",
    update: ["UpdateApiCache"],
    delete: "DeleteApiCache",
    replaceOn: ["apiId", "atRestEncryptionEnabled", "transitEncryptionEnabled"],
  },
  {
    type: "aws:appsync/apiKey:ApiKey",
    service: SERVICE,
    create: "CreateApiKey",
    id: "{apiId}:{apiKeyId}",
    names: { apiKeyId: ["apiKey.id", "id"], key: "id" },
    read: "ListApiKeys",
    update: ["UpdateApiKey"],
    delete: "DeleteApiKey",
    prepare: ({ expires, ...rest }) =>
      expires === undefined ? rest : { ...rest, expires: Math.floor(Date.parse(String(expires)) / 1000) },
    forgotten: ["expires"],
    replaceOn: ["apiId"],
    keeps: ["expires", "description"],
  },
  {
    type: "aws:appsync/dataSource:DataSource",
    service: SERVICE,
    create: "CreateDataSource",
    id: "{apiId}-{name}",
    names: {
      arn: "dataSourceArn",
      "dynamodbConfig.region": "awsRegion",
      "lambdaConfig.functionArn": "lambdaFunctionArn",
      "relationalDatabaseConfig.sourceType": "relationalDatabaseSourceType",
      "relationalDatabaseConfig.httpEndpointConfig": "rdsHttpEndpointConfig",
      "relationalDatabaseConfig.httpEndpointConfig.region": "awsRegion",
      "opensearchserviceConfig.region": "awsRegion",
    },
    read: "GetDataSource",
    update: ["UpdateDataSource"],
    delete: "DeleteDataSource",
    prepare: dataSource,
    computed: ({ ctx, item, known }) => ({
      arn: item.dataSourceArn ?? ctx.arn("appsync", `apis/${String(known.apiId)}/datasources/${item.name}`),
    }),
    replaceOn: ["apiId", "name"],
    autoname,
  },
  {
    type: "aws:appsync/domainName:DomainName",
    service: SERVICE,
    create: "CreateDomainName",
    id: "{domainName}",
    update: ["UpdateDomainName"],
    delete: "DeleteDomainName",
    recorded: ({ inputs: { domainName } }) => ({
      appsyncDomainName: `${String(domainName)}.appsync.invalid`,
      hostedZoneId: "Z2FDTNDATAQYW2",
    }),
    replaceOn: ["domainName", "certificateArn"],
  },
  {
    type: "aws:appsync/domainNameApiAssociation:DomainNameApiAssociation",
    service: SERVICE,
    create: "AssociateApi",
    id: "{domainName}",
    update: ["AssociateApi"],
    delete: "DisassociateApi",
    recorded: () => ({}),
    replaceOn: ["domainName"],
  },
  {
    type: "aws:appsync/function:Function",
    service: SERVICE,
    create: "CreateFunction",
    id: "{apiId}-{functionId}",
    names: {
      arn: "functionArn",
      dataSource: "dataSourceName",
      functionId: ["functionConfiguration.functionId", "functionId"],
    },
    read: "GetFunction",
    update: ["UpdateFunction"],
    delete: "DeleteFunction",
    // Resolvers in JavaScript have a runtime, templates a version.
    prepare: (inputs) => ({ ...(inputs.code === undefined ? { functionVersion: "2018-05-29" } : {}), ...inputs }),
    computed: ({ ctx, item, known }) => ({
      arn: item.functionArn ?? ctx.arn("appsync", `apis/${String(known.apiId)}/functions/${item.functionId}`),
    }),
    replaceOn: ["apiId"],
    defaults: { maxBatchSize: 0 },
    keeps: ["functionVersion"],
    autoname,
  },
  {
    type: "aws:appsync/graphQLApi:GraphQLApi",
    service: SERVICE,
    create: "CreateGraphqlApi",
    id: "graphqlApi.apiId",
    read: "GetGraphqlApi",
    update: ["UpdateGraphqlApi"],
    delete: "DeleteGraphqlApi",
    unsent: ["schema"],
    wrap: withSchema,
    prepare: graphqlApi,
    replaceOn: ["apiType", "visibility"],
    defaults: { visibility: "GLOBAL", apiType: "GRAPHQL", introspectionConfig: "ENABLED" },
    keeps: ["name"],
    autoname: { property: "name", maxLength: 65_536 },
  },
  {
    type: "aws:appsync/resolver:Resolver",
    service: SERVICE,
    create: "CreateResolver",
    id: "{apiId}-{type}-{field}",
    names: {
      arn: "resolverArn",
      type: "typeName",
      field: "fieldName",
      dataSource: "dataSourceName",
      requestTemplate: "requestMappingTemplate",
      responseTemplate: "responseMappingTemplate",
    },
    read: "GetResolver",
    update: ["UpdateResolver"],
    delete: "DeleteResolver",
    computed: ({ ctx, item, known }) => ({
      arn:
        item.resolverArn ??
        ctx.arn("appsync", `apis/${String(known.apiId)}/types/${item.typeName}/resolvers/${item.fieldName}`),
    }),
    replaceOn: ["apiId", "type", "field"],
    defaults: { kind: "UNIT", maxBatchSize: 0 },
  },
];
