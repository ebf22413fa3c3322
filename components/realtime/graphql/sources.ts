import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { serviceRole, type Statement } from "../../core/iam";
import type { PlatformFunction } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import { reference, type Resolved, type Settings } from "../../core/settings";

/** A table and its grants, such as a `DocumentTable`. */
export interface GraphqlTable {
  readonly tableName: pulumi.Output<string>;
  grantReadWrite(): Statement[];
}

const table = reference<GraphqlTable>("DocumentTable, or another table with grants");
const minutes = z.int().min(1).max(5_256_000);

export const source = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("lambda"), function: reference<PlatformFunction>("PlatformFunction") }),
  z.strictObject({
    kind: z.literal("dynamodb"),
    table,
    sync: z
      .strictObject({
        deltaTable: table.describe("Keeps the changes. Its keys are `ds_pk` and `ds_sk`, both text."),
        deletedMinutes: minutes.default(43_200).describe("Minutes that the table remembers a deleted item."),
        deltaMinutes: minutes.default(1440).describe("Minutes that clients have to catch up with a change."),
      })
      .optional()
      .describe(
        "Keeps versions of items, so that clients that were offline send their changes and fetch what they missed.",
      ),
  }),
  z.strictObject({
    kind: z.literal("http"),
    endpoint: z
      .string()
      .regex(/^https:\/\/[^/]+$/, "https:// and a host")
      .describe("The address without a path."),
    signFor: z
      .strictObject({
        service: z.string().min(1).describe("The service of AWS that is called, such as `states`."),
        statements: reference<readonly Statement[]>("list of Statement").describe("What the API may do there."),
      })
      .optional()
      .describe("Signs the requests for a service of AWS."),
  }),
  z.strictObject({ kind: z.literal("eventBridge"), busArn: reference<pulumi.Input<string>>("ARN of an event bus") }),
  z.strictObject({
    kind: z.literal("rds"),
    clusterArn: reference<pulumi.Input<string>>("ARN of an Aurora cluster").describe("Its Data API must be on."),
    secretArn: reference<pulumi.Input<string>>("ARN of a secret").describe("User and password of the database."),
    databaseName: z.string().min(1).describe("A database of the cluster."),
  }),
  z.strictObject({ kind: z.literal("none") }),
]);

/** Where a resolver gets its data. */
export type GraphqlSource = Settings<typeof source>;
/** The sources of an API by name. */
export type Sources = Readonly<Record<string, Resolved<typeof source>>>;

/** Makes a data source, and the role through which AppSync uses it. Its name in AppSync is the one that resolvers use. */
export function makeSource(
  scope: Scope,
  apiId: pulumi.Output<string>,
  name: string,
  source: Sources[string],
): aws.appsync.DataSource {
  const { type, statements, ...config } = sourceArgs(source, scope.aws.region);
  const service =
    statements.length === 0
      ? undefined
      : serviceRole(scope, `${name}-role`, {
          service: "appsync.amazonaws.com",
          description: `Lets the GraphQL API ${scope.name} use its source ${name}`,
          sourceAccount: scope.aws.accountId,
          statements,
        });
  return new aws.appsync.DataSource(
    `${scope.name}-${name}-source`,
    { apiId, name, type, ...(service ? { serviceRoleArn: service.role.arn } : {}), ...config },
    scope.child({ dependsOn: service?.policy ? [service.policy] : [] }),
  );
}

interface SourceArgs extends Partial<aws.appsync.DataSourceArgs> {
  readonly type: string;
  readonly statements: readonly Statement[];
}

function sourceArgs(source: Sources[string], region: pulumi.Output<string>): SourceArgs {
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
                  baseTableTtl: sync.deletedMinutes,
                  deltaSyncTableTtl: sync.deltaMinutes,
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
