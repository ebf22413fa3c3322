import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { serviceRole, type Statement } from "../../core/iam";
import { logGroup } from "../../core/log-group";
import type { NetworkView } from "../../core/network/view";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import { dataProtection, type DataProtection, type Protection } from "../../core/protection";
import type { Settings } from "../../core/settings";
import { makeCluster } from "./cluster";
import { connectionGuide, type ConnectionGuide } from "./connection-guide";
import { givenSecret, managedSecret } from "./credentials";
import { databaseGroups } from "./groups";
import { databaseIdentifier } from "./identity";
import { makeInstance, type DatabaseParts, type DatabaseTransforms, type MadeDatabase } from "./instance";
import { checkClients, databaseNetwork, ingress } from "./network";
import { planDatabase, type DatabasePlan } from "./plan";
import { databaseProxy } from "./proxy";
import { relationalDatabaseSettings } from "./settings";

export interface RelationalDatabaseArgs extends Settings<typeof relationalDatabaseSettings> {
  readonly network: NetworkView;
  /** Encrypts storage, backups, the secret, Performance Insights and logs. */
  readonly key: EncryptionKey;
  /** Receives alarms about CPU, storage, memory, connections and replicas that are behind. */
  readonly alerts?: NotificationTopic;
  readonly protection?: Protection;
  readonly transform?: DatabaseTransforms;
}

/**
 * A database of RDS or Aurora that survives the loss of a zone: encrypted at rest and, by force, in transit, in subnets without a way out,
 * its administrator's password made and changed by RDS, backed up for point-in-time recovery, watched, and hard to lose. `connection` says
 * how clients connect so that they return after a failover.
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
  /** Identifier of the instance, or of the cluster. */
  readonly identifier: pulumi.Output<string>;
  readonly databaseArn: pulumi.Output<string>;
  /** AWS's own id, which stays whatever the identifier is: part of the ARNs that tokens are granted for. */
  readonly resourceId: pulumi.Output<string>;
  readonly writerEndpoint: pulumi.Output<string>;
  /** The writer's endpoint where there is no reader. */
  readonly readerEndpoint: pulumi.Output<string>;
  /** Further addresses of Aurora, by role: see `aurora.endpoints`. */
  readonly endpoints: pulumi.Output<Readonly<Record<string, string>>>;
  /** Empty without a proxy. */
  readonly proxyEndpoint: pulumi.Output<string>;
  /** The port that takes TLS. */
  readonly port: pulumi.Output<number>;
  /** Secret with the administrator's `username` and `password`. */
  readonly secretArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** What clients need to know, with the settings of drivers and advice for failovers. */
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
    const settings = this.settings(relationalDatabaseSettings, args, (given, check) => {
      planDatabase(given, args, check);
      checkClients(given, args.network, check);
    });
    const plan = planDatabase(settings, args, this.check);
    this.plan = plan;
    const { subnetGroup, securityGroup } = databaseNetwork(this.scope, args.network, plan, this.check);
    this.access = securityGroup;
    this.identifier = pulumi
      .all([subnetGroup.name, args.key.keyArn])
      .apply(([group, keyArn]) => databaseIdentifier(group, { ...plan, keyArn }));
    const protection = dataProtection(args.protection);
    const parts = this.parts(protection, subnetGroup.name);
    const made = plan.isCluster ? makeCluster(this.scope, parts) : makeInstance(this.scope, parts);
    this.secretArn = this.secret(made, protection);
    const proxied = plan.proxy
      ? databaseProxy(this.scope, {
          proxy: plan.proxy,
          plan,
          identifier: this.identifier,
          database: made,
          network: args.network,
          databaseAccess: securityGroup,
          secretArn: this.secretArn,
          key: args.key,
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
    ingress(this.scope, role, this.access, this.plan.clientPort, from);
    if (this.proxyAccess) ingress(this.scope.part("proxy"), role, this.proxyAccess, this.plan.facts.usualPort, from);
  }

  private parts(protection: DataProtection, subnetGroupName: pulumi.Output<string>): DatabaseParts {
    const { args, plan } = this;
    const groups = databaseGroups(this.scope, plan, this.access.id);
    return {
      plan,
      key: args.key,
      alerts: args.alerts,
      transform: args.transform ?? {},
      identifier: this.identifier,
      subnetGroupName,
      securityGroupId: this.access.id,
      parameterGroupName: groups.parameters?.name,
      clusterParameterGroupName: groups.clusterParameters?.name,
      optionGroupName: groups.options?.name,
      monitoringRoleArn: plan.monitoring.intervalSeconds > 0 ? this.monitoringRole() : undefined,
      ...protection,
    };
  }

  private secret(made: MadeDatabase, { forceDestroy }: DataProtection): pulumi.Output<string> {
    const { facts, clientPort, databaseName, credentials } = this.plan;
    if (credentials.kind === "managed") return managedSecret(this.scope, made.secrets, credentials.rotationDays);
    const known = {
      engine: facts.kind,
      identifier: this.identifier,
      host: made.writer,
      port: clientPort,
      username: made.adminName,
      databaseName,
      recoveryDays: forceDestroy ? 0 : 30,
    };
    return givenSecret(this.scope, credentials, known, this.args.key);
  }

  /** The role of enhanced monitoring: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html. */
  private monitoringRole(): pulumi.Output<string> {
    const { partition, region, accountId } = this.aws;
    const group = pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:RDSOSMetrics`;
    const { role } = serviceRole(this.scope, "monitoring", {
      service: "monitoring.rds.amazonaws.com",
      description: `Lets RDS write metrics of the operating system of ${this.name}`,
      sourceAccount: accountId,
      statements: [
        // CloudWatch Logs compares these actions with the ARN that ends with the wildcard of streams:
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
        { actions: ["logs:CreateLogGroup", "logs:PutRetentionPolicy"], resources: [pulumi.interpolate`${group}:*`] },
        {
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
          resources: [pulumi.interpolate`${group}:log-stream:*`],
        },
      ],
    });
    if (this.plan.monitoring.logGroup === "existing") return role.arn;
    const logs = logGroup(this.scope, "monitoring-logs", {
      key: this.args.key,
      logRetentionDays: this.plan.logRetentionDays,
      name: "RDSOSMetrics",
    });
    // The group must exist before the first measurement.
    return pulumi.all([role.arn, logs.arn]).apply(([arn]) => arn);
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
