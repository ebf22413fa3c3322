import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { policyDocument, type Statement } from "../../core/iam";
import type { AwsContext } from "../../core/scope";
import type { SecureBucket } from "../../storage/secure-bucket";
import type {
  MigrationCertificate,
  MigrationEndpoint,
  RelationalEndpoint,
  RedshiftEndpoint,
} from "./endpoints/arguments";
import { needsCertificate, strictestTls } from "./endpoints/engines";
import type { MigrationNetwork } from "./compute";
import type { Problem } from "./table-mappings";

/** Where a database's schema is read from or made. */
export interface SchemaServer {
  readonly host: pulumi.Input<string>;
  /** Default: the engine's usual one. */
  readonly port?: number;
}

/** A project of DMS Schema Conversion, the managed successor of the Schema Conversion Tool, between the two endpoints. */
export interface SchemaConversion {
  readonly source: SchemaServer;
  readonly target: SchemaServer;
}

type SchemaEndpoint = RelationalEndpoint | RedshiftEndpoint;

const PORTS: Readonly<Record<SchemaEndpoint["engine"], number>> = {
  postgres: 5432,
  "aurora-postgresql": 5432,
  mysql: 3306,
  mariadb: 3306,
  aurora: 3306,
  oracle: 1521,
  sqlserver: 1433,
  redshift: 5439,
};

const SETTINGS: Readonly<Record<SchemaEndpoint["engine"], keyof aws.types.input.dms.DataProviderSettings>> = {
  postgres: "postgresqlSettings",
  "aurora-postgresql": "postgresqlSettings",
  mysql: "mysqlSettings",
  aurora: "mysqlSettings",
  mariadb: "mariaDbSettings",
  oracle: "oracleSettings",
  sqlserver: "microsoftSqlServerSettings",
  redshift: "redshiftSettings",
};

const isSchemaEndpoint = (endpoint: MigrationEndpoint): endpoint is SchemaEndpoint => endpoint.engine in PORTS;

/** Why there is no schema to convert. Pure. */
export function conversionProblems(
  conversion: SchemaConversion | undefined,
  source: MigrationEndpoint,
  target: MigrationEndpoint,
): Problem[] {
  if (!conversion) return [];
  return Object.entries({ source, target })
    .filter(([, endpoint]) => !isSchemaEndpoint(endpoint))
    .map(([role, endpoint]) => ({
      argument: "schemaConversion",
      value: `${role} ${endpoint.engine}`,
      allowed: `unset, unless both ends are one of ${Object.keys(PORTS).join(", ")}`,
    }));
}

export interface ConversionPlace {
  readonly source: MigrationEndpoint;
  readonly target: MigrationEndpoint;
  readonly network: MigrationNetwork;
  readonly key: EncryptionKey;
  readonly reports: { readonly bucket: SecureBucket; readonly prefix: string };
  readonly secrets: readonly Statement[];
  readonly id: (role: string) => pulumi.Output<string>;
}

/** Makes the project, its two data providers, its profile and roles; tells its ARN. */
export function schemaConversion(
  name: string,
  conversion: SchemaConversion,
  place: ConversionPlace,
  context: AwsContext,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { network, reports } = place;
  const profile = new aws.dms.InstanceProfile(
    `${name}-profile`,
    {
      description: `Where the schema conversion of ${name} runs`,
      kmsKeyArn: place.key.keyArn,
      networkType: "IPV4",
      publiclyAccessible: false,
      subnetGroupIdentifier: network.subnetGroupId,
      vpcSecurityGroupIds: network.securityGroupIds,
    },
    options,
  );
  const role = (purpose: string, description: string, statements: readonly Statement[]): aws.iam.Role => {
    const made = conversionRole(`${name}-${purpose}`, description, context, options);
    new aws.iam.RolePolicy(`${name}-${purpose}-policy`, { role: made.id, policy: policyDocument(statements) }, options);
    return made;
  };
  const { bucket, prefix } = reports;
  const files = role("conversion-files", "Keeps reports and scripts of the schema conversion", [
    ...bucket.grantReadWrite(prefix),
    ...bucket.grantDelete(prefix),
  ]);
  const secrets =
    place.secrets.length === 0
      ? undefined
      : role("conversion-secrets", "Reads the schema conversion's credentials", place.secrets);
  const descriptor = (end: "source" | "target"): aws.types.input.dms.MigrationProjectSourceDataProviderDescriptor => {
    // Checked beforehand: see conversionProblems.
    const endpoint = place[end] as SchemaEndpoint;
    return {
      dataProviderArn: provider(name, end, endpoint, conversion[end], place, options),
      secretsManagerSecretId: endpoint.secretArn,
      secretsManagerAccessRoleArn: endpoint.secretRoleArn ?? secrets?.arn,
    };
  };
  const project = new aws.dms.MigrationProject(
    `${name}-project`,
    {
      description: `Schema conversion of ${name}`,
      instanceProfileArn: profile.arn,
      sourceDataProviderDescriptors: [descriptor("source")],
      targetDataProviderDescriptors: [descriptor("target")],
      schemaConversionApplicationAttributes: {
        s3BucketPath: pulumi.interpolate`s3://${bucket.bucketName}/${prefix}`,
        s3BucketRoleArn: files.arn,
      },
    },
    options,
  );
  return project.arn;
}

/** https://docs.aws.amazon.com/dms/latest/userguide/set-up-dms-sc.html: it comes as a service of its own, and as the region's. */
function conversionRole(
  name: string,
  description: string,
  { region }: AwsContext,
  options: pulumi.CustomResourceOptions,
): aws.iam.Role {
  return new aws.iam.Role(
    name,
    {
      description,
      assumeRolePolicy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: {
              Service: ["schema-conversion.dms.amazonaws.com", pulumi.interpolate`dms.${region}.amazonaws.com`],
            },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    },
    options,
  );
}

function provider(
  name: string,
  end: "source" | "target",
  endpoint: SchemaEndpoint,
  server: SchemaServer,
  { id }: ConversionPlace,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const relational = endpoint.engine === "redshift" ? undefined : endpoint;
  const sslMode = relational && (relational.tls ?? strictestTls(relational.engine));
  const verified = sslMode !== undefined && needsCertificate(sslMode);
  const noDatabase = ["mysql", "mariadb", "aurora"].includes(endpoint.engine);
  const settings = {
    serverName: server.host,
    port: server.port ?? PORTS[endpoint.engine],
    ...(noDatabase ? {} : { databaseName: endpoint.databaseName }),
    ...(sslMode ? { sslMode } : {}),
    ...(verified && relational?.certificate
      ? { certificateArn: certificateArn(name, end, relational.certificate, id, options) }
      : {}),
  };
  return new aws.dms.DataProvider(
    `${name}-${end}-provider`,
    {
      description: `The ${end} of the schema conversion of ${name}`,
      engine: endpoint.engine,
      settings: { [SETTINGS[endpoint.engine]]: settings },
    },
    options,
  ).arn;
}

/** A certificate of its own: the endpoint's goes when the endpoint goes. */
function certificateArn(
  name: string,
  end: "source" | "target",
  given: MigrationCertificate,
  id: ConversionPlace["id"],
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  if ("arn" in given) return pulumi.output(given.arn);
  const content = "pem" in given ? { certificatePem: given.pem } : { certificateWallet: pulumi.secret(given.wallet) };
  const args = { certificateId: id(`${end}-schema-certificate`), ...content };
  return new aws.dms.Certificate(`${name}-${end}-schema-certificate`, args, { ...options, deleteBeforeReplace: true })
    .certificateArn;
}
