import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { EncryptionKey } from "../../core/encryption-key";
import { policyDocument } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import { dataProtection, type Protection } from "../../core/protection";
import type { Settings } from "../../core/settings";
import type { DataLake } from "../../storage/data-lake";
import type { DataCatalog } from "../data-catalog";
import { awsProfile, connectionString, gatewayGuide, odbcIni, registryFile, type OdbcSettings } from "./odbc";
import type { QueryWorkgroup } from "../query-workgroup";

export const biAccessSettings = z.strictObject({
  dataSourceName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/, "letters, digits and hyphens, at most 32")
    .optional()
    .describe("Name of the ODBC data source; the component's name when unset."),
  accessKeyUser: z
    .enum(["I accept long-lived keys"])
    .optional()
    .describe(
      "An IAM user with an access key, for gateways outside AWS without any other identity. The key goes to Secrets Manager, and encrypted to the stack's state; it never expires by itself.",
    ),
  sessionSeconds: z
    .int()
    .min(3600)
    .max(43_200)
    .default(14_400)
    .describe(
      "Longest session, seconds. Roles that assume the reader's role get an hour whatever it says: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html.",
    )
    .meta({ safer: "lower" }),
});

export interface BiAccessArgs extends Settings<typeof biAccessSettings> {
  readonly lake: DataLake;
  readonly catalog: DataCatalog;
  readonly workgroup: QueryWorkgroup;
  readonly key: EncryptionKey;
  /**
   * ARNs of the roles that may assume the reader's role, for example the role of an IAM Identity Center permission set, or of
   * the gateway's EC2 instance.
   */
  readonly readers?: readonly pulumi.Input<string>[];
  readonly protection?: Protection;
  readonly transform?: { readonly role?: (args: aws.iam.RoleArgs) => aws.iam.RoleArgs };
}

/**
 * Power BI (or anything that speaks ODBC) on the lake: a role that may query one workgroup and read what it may see, and files
 * ready to use in the artifacts zone: data sources for Windows and Linux, an AWS profile and a guide for the gateway.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 * const workgroup = new QueryWorkgroup("reports", { lake, catalog, key });
 * const alerts = new NotificationTopic("alerts", { key, emails: ["oncall@example.com"] });
 * const gateway = new PlatformFunction("gateway", { code: "sweep", description: "Gateway", key, alerts, statements: [] });
 * new BiAccess("power-bi", { lake, catalog, workgroup, key, readers: [gateway.roleArn] });
 */
export class BiAccess extends PlatformComponent {
  readonly roleArn: pulumi.Output<string>;
  /** The connection string for Power BI's ODBC connector. */
  readonly connectionString: pulumi.Output<string>;
  /** The `s3://…/` address of the data sources, the profile and the guide. */
  readonly filesLocation: pulumi.Output<string>;
  /** ARN of the secret with the access key; empty without such a user. */
  readonly accessKeySecretArn: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: BiAccessArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("catalog", "BiAccess", name, opts);
    const settings = this.settings(biAccessSettings, args, ({ accessKeyUser }, check) =>
      check.require(
        (args.readers ?? []).length > 0 || accessKeyUser !== undefined,
        "readers",
        args.readers,
        "at least one role, or accessKeyUser: without them the reader's role cannot be assumed",
      ),
    );
    const { sessionSeconds, dataSourceName: dataSource = name } = settings;
    const user = args.accessKeyUser ? this.user() : undefined;
    const roleArgs: aws.iam.RoleArgs = {
      description: `Lets readers of ${name} query the data lake`,
      maxSessionDuration: sessionSeconds,
      assumeRolePolicy: policyDocument([
        {
          actions: ["sts:AssumeRole"],
          resources: [],
          principals: { AWS: [...(args.readers ?? []), ...(user ? [user.arn] : [])] },
        },
      ]).apply((text) => withoutResource(text)),
    };
    const role = new aws.iam.Role(`${name}-role`, args.transform?.role?.(roleArgs) ?? roleArgs, this.mainChild());
    new aws.iam.RolePolicy(
      `${name}-role-policy`,
      {
        role: role.id,
        policy: policyDocument([
          ...args.workgroup.grantQuery(),
          {
            actions: [
              "athena:GetDataCatalog",
              "athena:ListDatabases",
              "athena:ListTableMetadata",
              "athena:GetTableMetadata",
            ],
            resources: [
              pulumi.interpolate`arn:${this.aws.partition}:athena:${this.aws.region}:${this.aws.accountId}:datacatalog/AwsDataCatalog`,
            ],
          },
        ]),
      },
      this.child(),
    );
    this.roleArn = role.arn;
    this.accessKeySecretArn = user ? this.accessKey(user, role) : pulumi.output("");
    const odbc = pulumi
      .all([
        this.aws.region,
        args.workgroup.workgroupName,
        args.catalog.databaseName,
        args.workgroup.resultsLocation,
        role.arn,
      ])
      .apply(([region, workgroup, database, results, roleArn]): OdbcSettings => ({
        name: dataSource,
        region,
        workgroup,
        catalog: "AwsDataCatalog",
        database,
        results,
        roleArn,
        profile: dataSource,
      }));
    this.connectionString = odbc.apply(connectionString);
    this.filesLocation = this.files(odbc, dataSource, sessionSeconds);
    this.registerOutputs({
      roleArn: this.roleArn,
      connectionString: this.connectionString,
      filesLocation: this.filesLocation,
      accessKeySecretArn: this.accessKeySecretArn,
    });
  }

  private user(): aws.iam.User {
    return new aws.iam.User(`${this.name}-user`, { forceDestroy: true }, this.child());
  }

  /** Makes the access key of a user whose only right is to assume the role. */
  private accessKey(user: aws.iam.User, role: aws.iam.Role): pulumi.Output<string> {
    const { key, protection } = this.args;
    new aws.iam.UserPolicy(
      `${this.name}-user-policy`,
      { user: user.name, policy: policyDocument([{ actions: ["sts:AssumeRole"], resources: [role.arn] }]) },
      this.child(),
    );
    const access = new aws.iam.AccessKey(`${this.name}-access-key`, { user: user.name }, this.child());
    const settings = dataProtection(protection);
    const secret = new aws.secretsmanager.Secret(
      `${this.name}-access-key-secret`,
      {
        description: `Access key of the BI user ${this.name}`,
        kmsKeyId: key.keyArn,
        recoveryWindowInDays: settings.forceDestroy ? 0 : 30,
      },
      this.child(),
    );
    new aws.secretsmanager.SecretVersion(
      `${this.name}-access-key-value`,
      {
        secretId: secret.id,
        secretString: pulumi.secret(pulumi.jsonStringify({ accessKeyId: access.id, secretAccessKey: access.secret })),
      },
      this.child(),
    );
    return secret.arn;
  }

  private files(
    settings: pulumi.Output<OdbcSettings>,
    dataSource: string,
    sessionSeconds: number,
  ): pulumi.Output<string> {
    const bucket = this.args.lake.zones.artifacts;
    const prefix = `bi/${this.name}/`;
    const source = this.args.accessKeyUser
      ? "source_profile = power-bi-user"
      : "credential_source = Ec2InstanceMetadata";
    const files: Readonly<Record<string, pulumi.Output<string>>> = {
      [`${dataSource}.reg`]: settings.apply(registryFile),
      "odbc.ini": settings.apply(odbcIni),
      "aws-config": settings.apply((one) =>
        // A role that assumes another one gets an hour.
        awsProfile(one, source, this.args.accessKeyUser ? sessionSeconds : 3600),
      ),
      "gateway.md": pulumi.all([settings, this.accessKeySecretArn]).apply(([one, secret]) => gatewayGuide(one, secret)),
    };
    for (const [file, content] of Object.entries(files)) {
      new aws.s3.BucketObjectv2(
        `${this.name}-${file.replaceAll(".", "-")}`,
        { bucket: bucket.bucketName, key: `${prefix}${file}`, content, contentType: "text/plain; charset=utf-8" },
        this.child({ dependsOn: [...bucket.ready] }),
      );
    }
    return pulumi.interpolate`s3://${bucket.bucketName}/${prefix}`;
  }
}

/** Removes the resources: the resource of a trust policy is the role itself. */
function withoutResource(text: string): string {
  const document = JSON.parse(text) as { Statement: { Resource?: unknown }[] };
  for (const statement of document.Statement) delete statement.Resource;
  return JSON.stringify(document);
}
