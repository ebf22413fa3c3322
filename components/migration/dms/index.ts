import { createHash } from "node:crypto";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { alertOnEvents } from "../../core/event-alert";
import type { Statement } from "../../core/iam";
import type { NetworkView } from "../../core/network/view";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import type { Protection } from "../../core/protection";
import type { Settings } from "../../core/settings";
import { SecureBucket } from "../../storage/secure-bucket";
import { migrationNetwork, replicationInstance } from "./compute";
import { incomparable } from "./endpoints/engines";
import { dataStatements, migrationEndpoint, migrationObjects, secretStatements } from "./endpoints/resources";
import { accountRoles, migrationRole } from "./roles";
import { replicationTasks, type MadeTask } from "./run";
import { schemaConversion } from "./schema-conversion";
import { checkMigration, dmsMigrationSettings, type MigrationSettings } from "./settings";
import { taskCommands, type TaskCommands } from "./tasks";
import { instanceFigures, latencyFigures, migrationAlarms, migrationEvents } from "./watch";

export interface DmsMigrationArgs extends Settings<typeof dmsMigrationSettings> {
  /** Encrypts the instance's storage, the endpoints' parameters and the reports, and the lake where it is source or target. */
  readonly key: EncryptionKey;
  readonly network: NetworkView;
  /**
   * Receives alerts about failures and changes that are late. `dms` must be among its publishers (`events` for serverless), and
   * among the users of its key.
   */
  readonly alerts?: NotificationTopic;
  readonly protection?: Protection;
  readonly transform?: {
    readonly instance?: (args: aws.dms.ReplicationInstanceArgs) => aws.dms.ReplicationInstanceArgs;
    readonly endpoint?: (args: aws.dms.EndpointArgs) => aws.dms.EndpointArgs;
    readonly lakeEndpoint?: (args: aws.dms.S3EndpointArgs) => aws.dms.S3EndpointArgs;
    readonly task?: (args: aws.dms.ReplicationTaskArgs) => aws.dms.ReplicationTaskArgs;
    readonly replication?: (args: aws.dms.ReplicationConfigArgs) => aws.dms.ReplicationConfigArgs;
  };
}

/**
 * Migrates a database: the rows that are there, the changes from then on, or both, from one endpoint to another, by a
 * replication instance or serverless. Credentials come from Secrets Manager, servers are verified by TLS, every row is compared where DMS can, and files
 * in the lake are Parquet by day with the operation and its time.
 *
 * A task that runs cannot have its endpoints changed: the provider stops the tasks of an endpoint that changes and starts them
 * again. It cannot do so for endpoints of S3, and not for serverless replications: stop those first, by `running: false` or by
 * `commands`. Failures of an instance and its tasks are reported by event subscriptions and alarms, those of a serverless
 * replication by EventBridge.
 *
 * @example
 * const users = ["cloudwatch-logs", "events", "cloudwatch-alarms", "sns", "dms"] as const;
 * const key = new EncryptionKey("shop", { description: "Shop", users });
 * const alerts = new NotificationTopic("alerts", { key, publishers: ["cloudwatch", "dms"], emails: ["oncall@example.com"] });
 * const lake = new DataLake("lake", { key });
 * const network = {
 *   vpcId: "vpc-1", cidrBlock: "10.0.0.0/16", publicSubnetIds: [], isolatedSubnetIds: [],
 *   privateSubnetIds: ["subnet-1", "subnet-2"],
 * };
 * const shop = new DmsMigration("shop", {
 *   key, network, alerts,
 *   source: {
 *     engine: "postgres", databaseName: "shop", secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop",
 *     certificate: { arn: "arn:aws:dms:eu-central-1:123456789012:cert:RDS" },
 *   },
 *   target: { engine: "s3", lake, prefix: "shop/" },
 *   tasks: { orders: { type: "full-load-and-cdc", tables: [{ schema: "public", table: "order%" }] } },
 * });
 */
export class DmsMigration extends PlatformComponent {
  /** ARN of the replication instance; empty for serverless. */
  readonly instanceArn: pulumi.Output<string>;
  readonly sourceEndpointArn: pulumi.Output<string>;
  readonly targetEndpointArn: pulumi.Output<string>;
  /** ARNs of tasks, or of serverless replications, by name. */
  readonly taskArns: pulumi.Output<Record<string, string>>;
  /** What an operator runs to assess, start (with its end, or at its position) and stop each task, by name. */
  readonly commands: pulumi.Output<Record<string, TaskCommands>>;
  /** `s3://…`: where assessments and converted schemas go. */
  readonly reportsLocation: pulumi.Output<string>;
  /** ARN of the schema conversion's project; empty without one. */
  readonly schemaProjectArn: pulumi.Output<string>;
  /** The group that the databases must let in; empty when the groups were given. */
  readonly securityGroupId: pulumi.Output<string>;
  private readonly migration: MigrationSettings;

  constructor(
    name: string,
    private readonly args: DmsMigrationArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("migration", "DmsMigration", name, opts);
    const settings = this.settings(dmsMigrationSettings, args, (given, check) =>
      checkMigration(name, given, args.alerts, check),
    );
    this.migration = settings;
    const { source, target, compute } = settings;
    const { key, transform = {} } = args;
    const logs = { key, logRetentionDays: settings.logRetentionDays };
    const reports = this.reports();
    const account = settings.roles === "create" ? accountRoles(this.scope) : [];
    const data = migrationRole(this.scope, "data", {
      purpose: target.engine === "redshift" ? "redshiftData" : "data",
      description: `Data and reports of the migration ${name}`,
      statements: [
        ...dataStatements(source, key, this.aws),
        ...dataStatements(target, key, this.aws),
        ...migrationObjects(reports.bucket, reports.prefix),
        ...reports.bucket.grantLocation(),
      ],
    });
    const readSecrets = [...secretStatements(source, key), ...secretStatements(target, key)];
    const secrets =
      readSecrets.length === 0
        ? undefined
        : migrationRole(this.scope, "secrets", {
            purpose: "secrets",
            description: `Credentials of the migration ${name}`,
            statements: readSecrets,
          });
    // DMS names nothing by itself: names follow from that of a role, which is unique.
    const uniqueName = (role: string): pulumi.Output<string> =>
      data.role.name.apply((text) => `${name}-${role}-${createHash("sha256").update(text).digest("hex").slice(0, 7)}`);
    const policies = [data.policy, secrets?.policy].filter((policy) => policy !== undefined);
    const scope = this.scope.after(...account, ...policies);
    const network = migrationNetwork(scope, uniqueName, args.network, settings.securityGroupIds);
    const instance =
      compute.kind === "instance"
        ? replicationInstance(scope, { compute, network, uniqueName, logs, transform: transform.instance })
        : undefined;
    this.instanceArn = instance?.replicationInstanceArn ?? pulumi.output("");
    const endpoint = (role: "source" | "target"): pulumi.Output<string> =>
      migrationEndpoint(scope, role, settings[role], {
        uniqueName,
        key,
        dataRoleArn: data.role.arn,
        secretRoleArn: secrets?.role.arn,
        transform: transform.endpoint,
        transformLake: transform.lakeEndpoint,
      });
    this.sourceEndpointArn = endpoint("source");
    this.targetEndpointArn = endpoint("target");
    const tasks = replicationTasks(scope, settings.tasks, {
      compute,
      network,
      uniqueName,
      logs,
      instanceArn: this.instanceArn,
      sourceArn: this.sourceEndpointArn,
      targetArn: this.targetEndpointArn,
      validates: incomparable(source.engine, target.engine) === undefined,
      transformTask: transform.task,
      transformReplication: transform.replication,
    });
    if (instance) this.watch(instance, tasks);
    else this.watchServerless(tasks);
    const { schemaConversion: conversion } = settings;
    this.schemaProjectArn = conversion
      ? schemaConversion(this.scope.after(...account), {
          conversion,
          source,
          target,
          network,
          key,
          reports,
          secrets: readSecrets,
          uniqueName,
        })
      : pulumi.output("");
    this.taskArns = pulumi.output(Object.fromEntries(tasks.map(({ role, arn }) => [role, arn])));
    this.reportsLocation = pulumi.interpolate`s3://${reports.bucket.bucketName}/${reports.prefix}`;
    this.securityGroupId = network.own?.id ?? pulumi.output("");
    this.commands = this.commandsOf(data.role.arn, reports);
    this.registerOutputs({
      instanceArn: this.instanceArn,
      sourceEndpointArn: this.sourceEndpointArn,
      targetEndpointArn: this.targetEndpointArn,
      taskArns: this.taskArns,
      commands: this.commands,
      reportsLocation: this.reportsLocation,
      schemaProjectArn: this.schemaProjectArn,
      securityGroupId: this.securityGroupId,
    });
  }

  /** What a role needs to start, stop and watch this migration's tasks. */
  grantOperate(): Statement[] {
    const { tasks, compute } = this.migration;
    const arns = Object.keys(tasks).map((role) => this.taskArns.apply((all) => all[role] ?? ""));
    const verbs =
      compute.kind === "instance"
        ? [
            "StartReplicationTask",
            "StopReplicationTask",
            "StartReplicationTaskAssessmentRun",
            "DescribeTableStatistics",
          ]
        : ["StartReplication", "StopReplication", "DescribeReplicationTableStatistics"];
    return [
      { actions: verbs.map((verb) => `dms:${verb}`), resources: arns },
      // Lists know no narrower resource.
      { actions: ["dms:DescribeReplicationTasks", "dms:DescribeReplications"], resources: ["*"] },
    ];
  }

  private reports(): { readonly bucket: SecureBucket; readonly prefix: string } {
    const { reports, target } = this.migration;
    const { key, protection } = this.args;
    const prefix = reports?.prefix ?? `migrations/${this.name}/`;
    if (reports) return { bucket: reports.bucket, prefix };
    if (target.engine === "s3") return { bucket: target.lake.zones.artifacts, prefix };
    const retention = { noncurrentExpireAfterDays: 7 };
    const bucket = new SecureBucket(`${this.name}-reports`, { key, protection, retention }, this.mainChild());
    return { bucket, prefix };
  }

  private commandsOf(
    dataRoleArn: pulumi.Output<string>,
    reports: { readonly bucket: SecureBucket; readonly prefix: string },
  ): pulumi.Output<Record<string, TaskCommands>> {
    const isServerless = this.migration.compute.kind === "serverless";
    return pulumi
      .all([this.taskArns, this.aws.region, reports.bucket.bucketName, dataRoleArn, this.args.key.keyArn])
      .apply(([arns, region, bucket, roleArn, keyArn]) =>
        Object.fromEntries(
          Object.entries(this.migration.tasks).map(([role, task]) => {
            const folder = `${reports.prefix}${role}`;
            const arn = arns[role] ?? "";
            return [role, taskCommands(task, { isServerless, region, arn, bucket, folder, roleArn, keyArn })];
          }),
        ),
      );
  }

  private watch(instance: aws.dms.ReplicationInstance, tasks: readonly MadeTask[]): void {
    const { alerts } = this.args;
    const { limits, compute } = this.migration;
    if (!alerts || compute.kind !== "instance") return;
    const taskIds = tasks.map(({ id }) => id);
    migrationEvents(this.scope, "replication-instance", [instance.replicationInstanceId], alerts);
    migrationEvents(this.scope, "replication-task", taskIds, alerts);
    const dimensions = { ReplicationInstanceIdentifier: instance.replicationInstanceId };
    const figures = instanceFigures(limits, compute.storageGiB);
    migrationAlarms(this.scope.part("instance"), alerts, dimensions, figures);
    for (const { role, arn, task } of tasks) {
      if (task.type === "full-load") continue;
      // CloudWatch knows a task by the end of its ARN, not by its name.
      const ReplicationTaskIdentifier = arn.apply((text) => text.split(":").at(-1) ?? "");
      const ofTask = { ...dimensions, ReplicationTaskIdentifier };
      migrationAlarms(this.scope.part(`task-${role}`), alerts, ofTask, latencyFigures(limits));
    }
  }

  /** DMS knows subscriptions of instances and tasks only: the states of serverless replications are events of EventBridge. */
  private watchServerless(tasks: readonly MadeTask[]): void {
    const { alerts, key } = this.args;
    if (!alerts) return;
    alertOnEvents(this.scope.part("tasks"), {
      description: `Sends an alert when the state of a replication of ${this.name} changes`,
      pattern: {
        source: ["aws.dms"],
        "detail-type": ["DMS Replication State Change"],
        resources: tasks.map(({ arn }) => arn),
      },
      alerts,
      key,
    });
  }
}
