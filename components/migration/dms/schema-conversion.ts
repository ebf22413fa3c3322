import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import type { Scope } from "../../core/scope";
import { textInput, type Resolved } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import type { SecureBucket } from "../../storage/secure-bucket";
import type { MigrationNetwork, UniqueName } from "./compute";
import { needsCertificate } from "./endpoints/engines";
import { migrationCertificate, migrationObjects } from "./endpoints/resources";
import type { Endpoint } from "./endpoints/settings";
import { migrationRole } from "./roles";

const server = z.strictObject({
  host: textInput().describe("The server's address."),
  port: z.int().min(1).max(65_535).optional().describe("The server's port; the engine's usual one when unset."),
});

export const schemaConversionSettings = z
  .strictObject({
    source: server.describe("Where the schema is read."),
    target: server.describe("Where the converted schema goes."),
  })
  .optional()
  .describe(
    "Makes a project of DMS Schema Conversion, the managed successor of the Schema Conversion Tool, between the two endpoints.",
  );

type SchemaConversion = NonNullable<Resolved<typeof schemaConversionSettings>>;
type SchemaEndpoint = Extract<Endpoint, { readonly engine: SchemaEngine }>;
type SchemaEngine =
  "postgres" | "aurora-postgresql" | "mysql" | "mariadb" | "aurora" | "oracle" | "sqlserver" | "redshift";

const PORTS: Readonly<Record<SchemaEngine, number>> = {
  postgres: 5432,
  "aurora-postgresql": 5432,
  mysql: 3306,
  mariadb: 3306,
  aurora: 3306,
  oracle: 1521,
  sqlserver: 1433,
  redshift: 5439,
};

const SETTINGS: Readonly<Record<SchemaEngine, keyof aws.types.input.dms.DataProviderSettings>> = {
  postgres: "postgresqlSettings",
  "aurora-postgresql": "postgresqlSettings",
  mysql: "mysqlSettings",
  aurora: "mysqlSettings",
  mariadb: "mariaDbSettings",
  oracle: "oracleSettings",
  sqlserver: "microsoftSqlServerSettings",
  redshift: "redshiftSettings",
};

const isSchemaEndpoint = (endpoint: Endpoint): endpoint is SchemaEndpoint => endpoint.engine in PORTS;

/** Checks that both ends have a schema. */
export function checkConversion(
  conversion: SchemaConversion | undefined,
  ends: { readonly source: Endpoint; readonly target: Endpoint },
  check: ArgumentCheck,
): void {
  if (!conversion) return;
  const allowed = `unset, unless both ends are one of ${Object.keys(PORTS).join(", ")}`;
  for (const [role, endpoint] of Object.entries(ends))
    check.require(isSchemaEndpoint(endpoint), "schemaConversion", `${role} ${endpoint.engine}`, allowed);
}

export interface SchemaConversionArgs {
  readonly conversion: SchemaConversion;
  readonly source: Endpoint;
  readonly target: Endpoint;
  readonly network: MigrationNetwork;
  readonly key: EncryptionKey;
  readonly reports: { readonly bucket: SecureBucket; readonly prefix: string };
  /** The rights on the endpoints' secrets. */
  readonly secrets: readonly Statement[];
  readonly uniqueName: UniqueName;
}

/** Makes the project, its two data providers, its profile and its roles. Returns the project's ARN. */
export function schemaConversion(scope: Scope, args: SchemaConversionArgs): pulumi.Output<string> {
  const { conversion, network, secrets } = args;
  const { bucket, prefix } = args.reports;
  const profile = new aws.dms.InstanceProfile(
    `${scope.name}-profile`,
    {
      description: `Runs the schema conversion of ${scope.name}`,
      kmsKeyArn: args.key.keyArn,
      networkType: "IPV4",
      publiclyAccessible: false,
      subnetGroupIdentifier: network.subnetGroupId,
      vpcSecurityGroupIds: network.securityGroupIds,
    },
    scope.child(),
  );
  const role = (name: string, description: string, statements: readonly Statement[]): aws.iam.Role =>
    migrationRole(scope, name, { purpose: "conversion", description, statements }).role;
  const files = role("conversion-files", "Lets DMS store reports and scripts of the schema conversion", [
    ...migrationObjects(bucket, prefix),
    ...bucket.grantLocation(),
  ]);
  const reader =
    secrets.length === 0
      ? undefined
      : role("conversion-secrets", "Lets DMS read the credentials of the schema conversion", secrets);
  const descriptor = (end: "source" | "target"): aws.types.input.dms.MigrationProjectSourceDataProviderDescriptor => {
    // `checkConversion` refuses the others.
    const endpoint = args[end] as SchemaEndpoint;
    return {
      dataProviderArn: dataProvider(scope, end, endpoint, conversion[end], args.uniqueName),
      secretsManagerSecretId: endpoint.secretArn,
      secretsManagerAccessRoleArn: endpoint.secretRoleArn ?? reader?.arn,
    };
  };
  const project = new aws.dms.MigrationProject(
    `${scope.name}-project`,
    {
      description: `Schema conversion of ${scope.name}`,
      instanceProfileArn: profile.arn,
      sourceDataProviderDescriptors: [descriptor("source")],
      targetDataProviderDescriptors: [descriptor("target")],
      schemaConversionApplicationAttributes: {
        s3BucketPath: pulumi.interpolate`s3://${bucket.bucketName}/${prefix}`,
        s3BucketRoleArn: files.arn,
      },
    },
    scope.child(),
  );
  return project.arn;
}

function dataProvider(
  scope: Scope,
  end: "source" | "target",
  endpoint: SchemaEndpoint,
  { host, port = PORTS[endpoint.engine] }: SchemaConversion["source"],
  uniqueName: UniqueName,
): pulumi.Output<string> {
  const hasDatabase = !["mysql", "mariadb", "aurora"].includes(endpoint.engine);
  const verified = "tls" in endpoint && needsCertificate(endpoint.tls) ? endpoint.certificate : undefined;
  const settings = {
    serverName: host,
    port,
    ...(hasDatabase ? { databaseName: endpoint.databaseName } : {}),
    ...("tls" in endpoint ? { sslMode: endpoint.tls } : {}),
    // A certificate of its own: the endpoint's is removed with the endpoint.
    ...(verified
      ? { certificateArn: migrationCertificate(scope, `${end}-schema-certificate`, verified, uniqueName) }
      : {}),
  };
  return new aws.dms.DataProvider(
    `${scope.name}-${end}-provider`,
    {
      description: `The ${end} of the schema conversion of ${scope.name}`,
      engine: endpoint.engine,
      settings: { [SETTINGS[endpoint.engine]]: settings },
    },
    scope.child(),
  ).arn;
}
