import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceRole, type Statement } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import { dataProtection, type DataProtection } from "../../core/protection";
import { connectionGuide, type ConnectionGuide } from "./connection-guide";
import type { DatabaseDefaults, RelationalDatabaseArgs } from "./arguments";
import { makeCluster } from "./cluster";
import { givenSecret, managedSecret } from "./credentials";
import { databaseGroups } from "./groups";
import { databaseIdentifier } from "./identity";
import { makeInstance, type DatabaseParts, type DatabasePlace } from "./instance";
import { databaseNetwork, ingress } from "./network";
import { planDatabase, type DatabasePlan } from "./plan";
import { databaseProxy } from "./proxy";

export const RELATIONAL_DATABASE_DEFAULTS: DatabaseDefaults = {
  availability: "standby",
  readers: 1,
  adminName: "platform_admin",
  rotationDays: 30,
  backupRetentionDays: 14,
  backupWindow: "01:00-02:00",
  maintenanceWindow: "sun:03:00-sun:04:00",
  autoMinorVersionUpgrade: true,
  logRetentionDays: 90,
  monitoringSeconds: 60,
  insightsDays: 7,
  caCertificate: "rds-ca-rsa2048-g1",
};

/**
 * A database of RDS or Aurora that survives the loss of a zone: encrypted at rest and, by force, in transit, in subnets without a way out,
 * its administrator's password made and changed by RDS, backed up for point-in-time recovery, watched, and hard to lose. `connection` tells
 * clients how to connect so that they find back after a failover.
 *
 * @example
 * const key = new EncryptionKey("sales", { description: "Sales" });
 * const network = {
 *   vpcId: "vpc-0a1b2c3d",
 *   cidrBlock: "10.0.0.0/16",
 *   publicSubnetIds: [],
 *   privateSubnetIds: ["subnet-1a", "subnet-1b"],
 *   isolatedSubnetIds: ["subnet-2a", "subnet-2b"],
 * };
 * const database = new RelationalDatabase("orders", {
 *   engine: "postgres",
 *   instanceClass: "db.r7g.large",
 *   network,
 *   key,
 *   databaseName: "orders",
 *   clients: { cidrBlocks: ["10.0.16.0/20"] },
 * });
 */
export class RelationalDatabase extends PlatformComponent {
  /** Of the instance, or of the cluster. */
  readonly identifier: pulumi.Output<string>;
  readonly databaseArn: pulumi.Output<string>;
  /** What AWS calls it for ever, whatever its identifier: part of the ARNs that tokens are granted for. */
  readonly resourceId: pulumi.Output<string>;
  readonly writerEndpoint: pulumi.Output<string>;
  /** The writer's, where there is nobody else to read from. */
  readonly readerEndpoint: pulumi.Output<string>;
  /** Aurora's further addresses, by role: see `aurora.endpoints`. */
  readonly endpoints: pulumi.Output<Readonly<Record<string, string>>>;
  /** Empty without a proxy. */
  readonly proxyEndpoint: pulumi.Output<string>;
  /** The port that takes TLS. */
  readonly port: pulumi.Output<number>;
  /** Secret with the administrator's `username` and `password`. */
  readonly secretArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** What clients need to know, drivers' settings and conduct at failover included. */
  readonly connection: pulumi.Output<ConnectionGuide>;
  private readonly plan: DatabasePlan;
  private readonly access: aws.ec2.SecurityGroup;
  private readonly proxyAccess: aws.ec2.SecurityGroup | undefined;
  private readonly proxyArn: pulumi.Output<string> | undefined;

  constructor(
    name: string,
    private readonly args: RelationalDatabaseArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("databases", "RelationalDatabase", name, opts);
    const plan = planDatabase(args, RELATIONAL_DATABASE_DEFAULTS, this.check);
    const settings = dataProtection(args.protection);
    const clients = args.clients ?? {};
    const { subnetGroup, securityGroup } = databaseNetwork(
      name,
      { network: args.network, publiclyAccessible: args.publiclyAccessible ?? false, clients, port: plan.clientPort },
      this.check,
      this.child(),
    );
    this.plan = plan;
    this.access = securityGroup;
    this.identifier = pulumi
      .all([subnetGroup.name, args.key.keyArn])
      .apply(([group, keyArn]) => databaseIdentifier(group, { ...plan, keyArn }));
    const place: DatabasePlace = {
      scope: this.scope,
      name,
      args,
      parts: this.parts(settings, subnetGroup.name),
      child: (extra) => this.child(extra),
      mainChild: (extra) => this.mainChild(extra),
      protect: settings.protect,
    };
    const clustered = plan.topology === "aurora" || plan.topology === "readableStandbys";
    const made = clustered ? makeCluster(place) : makeInstance(place);
    const { credentials } = args;
    this.secretArn =
      credentials?.kind === "given"
        ? givenSecret(
            name,
            credentials,
            {
              engine: plan.facts.kind,
              identifier: this.identifier,
              host: made.writer,
              port: plan.clientPort,
              username: made.adminName,
              databaseName: plan.databaseName,
              recoveryDays: settings.forceDestroy ? 0 : 30,
            },
            args.key,
            this.child(),
          )
        : managedSecret(
            name,
            made.secrets,
            plan.rotationDays ?? RELATIONAL_DATABASE_DEFAULTS.rotationDays,
            this.child(),
          );
    const proxied = args.proxy
      ? databaseProxy(this.scope, {
          proxy: args.proxy,
          facts: plan.facts,
          identifier: this.identifier,
          target: made.target,
          ready: made.resources,
          network: args.network,
          clients,
          databaseAccess: securityGroup,
          databasePort: plan.clientPort,
          secretArn: this.secretArn,
          key: args.key,
          region: this.aws.region,
          logRetentionDays: plan.logRetentionDays,
        })
      : undefined;
    this.proxyAccess = proxied?.securityGroup;
    this.proxyArn = proxied?.proxy.arn;
    this.databaseArn = made.arn;
    this.resourceId = made.resourceId;
    this.writerEndpoint = made.writer;
    this.readerEndpoint = made.reader;
    this.endpoints = pulumi.output(made.endpoints);
    this.proxyEndpoint = proxied?.proxy.endpoint ?? pulumi.output("");
    this.port = pulumi.output(plan.clientPort);
    this.securityGroupId = securityGroup.id;
    this.connection = this.guide();
    this.registerOutputs({
      identifier: this.identifier,
      databaseArn: this.databaseArn,
      resourceId: this.resourceId,
      writerEndpoint: this.writerEndpoint,
      readerEndpoint: this.readerEndpoint,
      endpoints: this.endpoints,
      proxyEndpoint: this.proxyEndpoint,
      port: this.port,
      secretArn: this.secretArn,
      securityGroupId: this.securityGroupId,
      connection: this.connection,
    });
  }

  /** What a role needs to connect as a user of the database with a token instead of a password; the user must be made for it. */
  grantConnect(databaseUser: string): Statement[] {
    this.check.require(this.plan.iamAuthentication, "grantConnect", databaseUser, "databases with iamAuthentication");
    this.check.matches(
      "grantConnect",
      databaseUser,
      /^[A-Za-z0-9_.@+=,-]{1,64}$/,
      "one user of the database, without wildcards",
    );
    const { partition, region, accountId } = this.aws;
    const user = (of: pulumi.Output<string>): pulumi.Output<string> =>
      pulumi.interpolate`arn:${partition}:rds-db:${region}:${accountId}:dbuser:${of}/${databaseUser}`;
    const proxyId = this.proxyArn?.apply((arn) => arn.slice(arn.lastIndexOf(":") + 1));
    return [{ actions: ["rds-db:connect"], resources: [user(this.resourceId), ...(proxyId ? [user(proxyId)] : [])] }];
  }

  /** What a role needs to read the administrator's name and password. */
  grantReadSecret(): Statement[] {
    return [
      { actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], resources: [this.secretArn] },
      ...this.args.key.grantDecrypt(),
    ];
  }

  /** Lets a security group's members open connections, to the proxy where there is one and to the database. */
  allowFrom(role: string, securityGroupId: pulumi.Input<string>): void {
    const from = { referencedSecurityGroupId: securityGroupId };
    ingress(this.name, role, this.access, this.plan.clientPort, from, this.child());
    if (this.proxyAccess)
      ingress(`${this.name}-proxy`, role, this.proxyAccess, this.plan.facts.usualPort, from, this.child());
  }

  private parts(settings: DataProtection, subnetGroupName: pulumi.Output<string>): DatabaseParts {
    const { name, args, plan } = this;
    const groups = databaseGroups(name, plan, this.access.id, this.child());
    return {
      plan,
      identifier: this.identifier,
      keyArn: args.key.keyArn,
      subnetGroupName,
      securityGroupId: this.access.id,
      parameterGroupName: groups.parameters?.name,
      clusterParameterGroupName: groups.clusterParameters?.name,
      optionGroupName: groups.options?.name,
      monitoringRoleArn: plan.monitoringSeconds > 0 ? this.monitoringRole() : undefined,
      publiclyAccessible: args.publiclyAccessible ?? false,
      password: args.credentials?.kind === "given" ? pulumi.secret(args.credentials.password) : undefined,
      origin: args.origin,
      blueGreenUpdates: args.blueGreenUpdates ?? false,
      ...settings,
    };
  }

  /** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html */
  private monitoringRole(): pulumi.Output<string> {
    const { partition, region, accountId } = this.aws;
    const group = pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:RDSOSMetrics`;
    const { role } = serviceRole(this.scope, "monitoring", {
      service: "monitoring.rds.amazonaws.com",
      description: `Lets RDS write metrics of the operating system of ${this.name}`,
      sourceAccount: accountId,
      statements: [
        { actions: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"], resources: [group] },
        {
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
          resources: [pulumi.interpolate`${group}:log-stream:*`],
        },
      ],
    });
    return role.arn;
  }

  private guide(): pulumi.Output<ConnectionGuide> {
    const { plan } = this;
    return pulumi
      .output({
        writer: this.writerEndpoint,
        reader: this.readerEndpoint,
        port: this.port,
        proxy: this.proxyEndpoint,
        secretArn: this.secretArn,
        partition: this.aws.partition,
        region: this.aws.region,
      })
      .apply((known) =>
        connectionGuide({
          ...known,
          kind: plan.facts.kind,
          usualPort: plan.facts.usualPort,
          databaseName: plan.databaseName ?? "",
          iamAuthentication: plan.iamAuthentication,
          aurora: plan.topology === "aurora",
        }),
      );
  }
}
