import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { serviceRole, type Statement } from "../../core/iam";
import type { AwsContext, Scope } from "../../core/scope";
import type { PlatformFunction } from "../../core/platform-function";
import type { ArgumentCheck } from "../../core/validate";

/** What a table grants: a `DocumentTable` does. */
export interface GraphqlTable {
  readonly tableName: pulumi.Output<string>;
  grantReadWrite(): Statement[];
}

/** Where a resolver gets its data. */
export type GraphqlSource =
  | { readonly kind: "lambda"; readonly function: PlatformFunction }
  | {
      readonly kind: "dynamodb";
      readonly table: GraphqlTable;
      /** Keeps versions of items, so that clients that were offline can bring their changes and fetch what they missed. */
      readonly sync?: {
        /** Keyed by `ds_pk` and `ds_sk`, both text. */
        readonly deltaTable: GraphqlTable;
        /** Minutes a deleted item is remembered. Default 43200, thirty days. */
        readonly deletedMinutes?: number;
        /** Minutes a change is kept for clients to catch up. Default 1440, a day. */
        readonly deltaMinutes?: number;
      };
    }
  | {
      readonly kind: "http";
      readonly endpoint: string;
      /** Sign requests for a service of AWS, e.g. `states`, with these statements. */
      readonly signFor?: { readonly service: string; readonly statements: readonly Statement[] };
    }
  | { readonly kind: "eventBridge"; readonly busArn: pulumi.Input<string> }
  | {
      /** An Aurora cluster with its Data API on. */
      readonly kind: "rds";
      readonly clusterArn: pulumi.Input<string>;
      readonly secretArn: pulumi.Input<string>;
      readonly databaseName: string;
    }
  | { readonly kind: "none" };

const KINDS: readonly GraphqlSource["kind"][] = ["lambda", "dynamodb", "http", "eventBridge", "rds", "none"];

export function checkSource(name: string, source: GraphqlSource, check: ArgumentCheck): void {
  const argument = `sources.${name}`;
  check.matches("sources", name, /^[_A-Za-z][_0-9A-Za-z]{0,60}$/, "names of letters, digits and underscores");
  check.oneOf(`${argument}.kind`, source.kind, KINDS);
  if (source.kind === "http")
    check.matches(`${argument}.endpoint`, source.endpoint, /^https:\/\/[^/]+$/, "https:// and a host");
  if (source.kind === "dynamodb" && source.sync) {
    check.integer(`${argument}.sync.deletedMinutes`, source.sync.deletedMinutes, 1, 5_256_000);
    check.integer(`${argument}.sync.deltaMinutes`, source.sync.deltaMinutes, 1, 5_256_000);
  }
}

export interface SourceContext {
  readonly scope: Scope;
  readonly name: string;
  readonly apiId: pulumi.Output<string>;
  readonly aws: AwsContext;
  readonly options: pulumi.CustomResourceOptions;
}

export function makeSource(source: GraphqlSource, role: string, context: SourceContext): aws.appsync.DataSource {
  const { type, statements, ...config } = settings(source, context);
  const service =
    statements.length === 0
      ? undefined
      : serviceRole(context.scope, `${role}-role`, {
          service: "appsync.amazonaws.com",
          description: `Lets the GraphQL API ${context.name} use its source ${role}`,
          sourceAccount: context.aws.accountId,
          statements,
        });
  return new aws.appsync.DataSource(
    `${context.name}-${role}-source`,
    {
      apiId: context.apiId,
      // The name is what resolvers call it by, and only this API knows it.
      name: role,
      type,
      ...(service ? { serviceRoleArn: service.role.arn } : {}),
      ...config,
    },
    { ...context.options, dependsOn: service?.policy ? [service.policy] : [] },
  );
}

interface Settings extends Partial<aws.appsync.DataSourceArgs> {
  readonly type: string;
  readonly statements: readonly Statement[];
}

function settings(source: GraphqlSource, { aws: { region } }: SourceContext): Settings {
  switch (source.kind) {
    case "none":
      return { type: "NONE", statements: [] };
    case "lambda":
      return {
        type: "AWS_LAMBDA",
        lambdaConfig: { functionArn: source.function.functionArn },
        statements: source.function.grantInvoke(),
      };
    case "dynamodb": {
      const { table, sync } = source;
      return {
        type: "AMAZON_DYNAMODB",
        dynamodbConfig: {
          tableName: table.tableName,
          region,
          versioned: sync !== undefined,
          ...(sync
            ? {
                deltaSyncConfig: {
                  deltaSyncTableName: sync.deltaTable.tableName,
                  baseTableTtl: sync.deletedMinutes ?? 43_200,
                  deltaSyncTableTtl: sync.deltaMinutes ?? 1440,
                },
              }
            : {}),
        },
        statements: [...table.grantReadWrite(), ...(sync?.deltaTable.grantReadWrite() ?? [])],
      };
    }
    case "http":
      return {
        type: "HTTP",
        httpConfig: {
          endpoint: source.endpoint,
          ...(source.signFor
            ? {
                authorizationConfig: {
                  authorizationType: "AWS_IAM",
                  awsIamConfig: { signingRegion: region, signingServiceName: source.signFor.service },
                },
              }
            : {}),
        },
        statements: source.signFor?.statements ?? [],
      };
    case "eventBridge":
      return {
        type: "AMAZON_EVENTBRIDGE",
        eventBridgeConfig: { eventBusArn: source.busArn },
        statements: [{ actions: ["events:PutEvents"], resources: [source.busArn] }],
      };
    case "rds":
      return {
        type: "RELATIONAL_DATABASE",
        relationalDatabaseConfig: {
          sourceType: "RDS_HTTP_ENDPOINT",
          httpEndpointConfig: {
            dbClusterIdentifier: source.clusterArn,
            awsSecretStoreArn: source.secretArn,
            databaseName: source.databaseName,
            region,
          },
        },
        statements: [
          {
            actions: [
              "rds-data:ExecuteStatement",
              "rds-data:BatchExecuteStatement",
              "rds-data:BeginTransaction",
              "rds-data:CommitTransaction",
              "rds-data:RollbackTransaction",
            ],
            resources: [source.clusterArn],
          },
          { actions: ["secretsmanager:GetSecretValue"], resources: [source.secretArn] },
        ],
      };
  }
}
