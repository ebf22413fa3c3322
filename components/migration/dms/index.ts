import { createHash } from "node:crypto";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../core/iam";
import { alertOnEvents } from "../../core/event-alert";
import { PlatformComponent } from "../../core/platform-component";
import { SecureBucket } from "../../storage/secure-bucket";
import { endpointProblems } from "./endpoints/problems";
import type { DmsMigrationArgs } from "./arguments";
import { dataStatements, LAKE_FILES, migrationEndpoint, secretStatements } from "./endpoints/resources";
import {
  COMPUTE_DEFAULTS,
  computeProblems,
  migrationNetwork,
  replicationInstance,
  type ComputePlace,
  type MigrationCompute,
} from "./compute";
import { accountRoles, endpointRole } from "./roles";
import { replicationTasks, type MadeTask } from "./run";
import { taskCommands, taskProblems, type TaskCommands } from "./tasks";
import { instanceFigures, latencyFigures, LIMIT_DEFAULTS, migrationAlarms, migrationEvents } from "./watch";
import { conversionProblems, schemaConversion } from "./schema-conversion";
import { incomparable } from "./endpoints/engines";
import { TASK_DEFAULTS } from "./task-settings";

export const DMS_MIGRATION_DEFAULTS = {
  compute: COMPUTE_DEFAULTS,
  roles: "create" as "create" | "adopt",
  limits: LIMIT_DEFAULTS,
  lakeFiles: LAKE_FILES,
  tuning: TASK_DEFAULTS,
};

/**
 * A database on its way: what is there, what changes, or both, from one endpoint to another, by a replication instance or
 * serverless. Credentials come from Secrets Manager, servers are verified by TLS, every row is compared where DMS can, and files
 * in the lake are Parquet by day with the operation and its time.
 *
 * A task that runs cannot have its endpoints changed: the provider stops the tasks of an endpoint that changes and starts them
 * again. It cannot do so for endpoints of S3, and not for serverless replications: stop those first, by `running: false` or by
 * `commands`. An instance and its tasks tell of failures by event subscriptions and alarms, a serverless replication by
 * EventBridge.
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
  /** What an operator runs to assess, start (with its end, or at its position) and stop a task, by name. */
  readonly commands: pulumi.Output<Record<string, TaskCommands>>;
  /** `s3://…`: where assessments and converted schemas go. */
  readonly reportsLocation: pulumi.Output<string>;
  /** ARN of the schema conversion's project; empty without one. */
  readonly schemaProjectArn: pulumi.Output<string>;
  /** For the databases to let in; unset when the groups were given. */
  readonly securityGroupId: pulumi.Output<string>;
  private readonly secretGrants: readonly Statement[];
  private readonly compute: MigrationCompute;

  constructor(
    name: string,
    private readonly args: DmsMigrationArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("migration", "DmsMigration", name, opts);
    this.compute = args.compute ?? { kind: "instance" };
    this.checkArguments();
    const { key, source, target } = args;
    this.secretGrants = [...secretStatements(source, key), ...secretStatements(target, key)];
    const reports = this.reports();
    const account =
      (args.roles ?? DMS_MIGRATION_DEFAULTS.roles) === "create" ? accountRoles(name, this.aws, this.child()) : [];
    const data = endpointRole(
      `${name}-data`,
      {
        purpose: "data",
        redshift: target.engine === "redshift",
        description: `Data and reports of the migration ${name}`,
        statements: [
          ...dataStatements(source, "source", key, this.aws),
          ...dataStatements(target, "target", key, this.aws),
          ...reports.bucket.grantReadWrite(reports.prefix),
          ...reports.bucket.grantDelete(reports.prefix),
        ],
      },
      this.aws,
      this.child(),
    );
    const secrets =
      this.secretGrants.length === 0
        ? undefined
        : endpointRole(
            `${name}-secrets`,
            {
              purpose: "secrets",
              description: `Credentials of the migration ${name}`,
              statements: this.secretGrants,
            },
            this.aws,
            this.child(),
          );
    // DMS names nothing by itself: names follow from that of a role, which is unique.
    const id = (role: string): pulumi.Output<string> =>
      data.role.name.apply(
        (unique) => `${name}-${role}-${createHash("sha256").update(unique).digest("hex").slice(0, 7)}`,
      );
    const ready = [...account, ...[data.policy, secrets?.policy].filter((one) => one !== undefined)];
    const place: ComputePlace = {
      id,
      network: args.network,
      securityGroupIds: args.securityGroupIds,
      keyArn: key.keyArn,
      options: this.mainChild({ dependsOn: ready }),
      transform: args.transform?.instance,
    };
    const network = migrationNetwork(name, place);
    const instance =
      this.compute.kind === "instance" ? replicationInstance(name, this.compute, network, place) : undefined;
    const endpoint = (role: "source" | "target"): pulumi.Output<string> =>
      migrationEndpoint(
        name,
        role,
        args[role],
        {
          id,
          key,
          dataRoleArn: data.role.arn,
          secretRoleArn: secrets?.role.arn,
          transform: args.transform?.endpoint,
          transformLake: args.transform?.lakeEndpoint,
        },
        place.options,
      );
    this.sourceEndpointArn = endpoint("source");
    this.targetEndpointArn = endpoint("target");
    const tasks = replicationTasks(name, args.tasks, {
      ...place,
      compute: this.compute,
      subnetGroupId: network.subnetGroupId,
      groupIds: network.securityGroupIds,
      instance,
      sourceArn: this.sourceEndpointArn,
      targetArn: this.targetEndpointArn,
      validates: incomparable(source.engine, target.engine) === undefined,
      transformTask: args.transform?.task,
      transformReplication: args.transform?.replication,
    });
    if (instance) this.watch(instance, tasks);
    else this.watchServerless(tasks);
    this.schemaProjectArn = args.schemaConversion
      ? schemaConversion(
          name,
          args.schemaConversion,
          { source, target, network, key, reports, secrets: this.secretGrants, id },
          this.aws,
          this.child({ dependsOn: account }),
        )
      : pulumi.output("");
    this.instanceArn = instance?.replicationInstanceArn ?? pulumi.output("");
    this.taskArns = pulumi.output(Object.fromEntries(tasks.map(({ role, arn }) => [role, arn])));
    this.reportsLocation = pulumi.interpolate`s3://${reports.bucket.bucketName}/${reports.prefix}`;
    this.securityGroupId = network.own?.id ?? pulumi.output("");
    this.commands = pulumi
      .all([this.taskArns, this.aws.region, reports.bucket.bucketName, data.role.arn, key.keyArn])
      .apply(([arns, region, bucket, roleArn, keyArn]) =>
        Object.fromEntries(
          Object.entries(args.tasks).map(([role, task]) => {
            const serverless = this.compute.kind === "serverless";
            const folder = `${reports.prefix}${role}`;
            return [
              role,
              taskCommands(task, { serverless, region, arn: arns[role] ?? "", bucket, folder, roleArn, keyArn }),
            ];
          }),
        ),
      );
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
    const arns = Object.keys(this.args.tasks).map((role) => this.taskArns.apply((all) => all[role] ?? ""));
    const verbs =
      this.compute.kind === "instance"
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
    const { reports, target, key, protection } = this.args;
    const prefix = reports?.prefix ?? `migrations/${this.name}/`;
    if (reports) return { bucket: reports.bucket, prefix };
    if (target.engine === "s3") return { bucket: target.lake.zones.artifacts, prefix };
    return { bucket: new SecureBucket(`${this.name}-reports`, { key, protection }, this.mainChild()), prefix };
  }

  private watch(instance: aws.dms.ReplicationInstance, tasks: readonly MadeTask[]): void {
    const { alerts, limits = {} } = this.args;
    if (!alerts) return;
    const { name } = this;
    migrationEvents(name, "replication-instance", [instance.replicationInstanceId], alerts, this.child());
    migrationEvents(
      name,
      "replication-task",
      tasks.map(({ id }) => id),
      alerts,
      this.child(),
    );
    const of = { ReplicationInstanceIdentifier: instance.replicationInstanceId };
    const storage = { ...COMPUTE_DEFAULTS, ...this.compute }.storageGiB;
    migrationAlarms(this.scope.part("instance"), alerts, of, instanceFigures(limits, storage));
    for (const { role, arn, task } of tasks) {
      if (task.type === "full-load") continue;
      // CloudWatch knows a task by the end of its ARN, not by its name.
      const dimensions = { ...of, ReplicationTaskIdentifier: arn.apply((one) => one.split(":").at(-1) ?? "") };
      migrationAlarms(this.scope.part(`task-${role}`), alerts, dimensions, latencyFigures(limits));
    }
  }

  /** DMS knows subscriptions of instances and tasks only: a serverless replication tells EventBridge what becomes of it. */
  private watchServerless(tasks: readonly MadeTask[]): void {
    const { alerts, key } = this.args;
    if (!alerts) return;
    alertOnEvents(this.scope.part("tasks"), {
      description: `What becomes of the replications of ${this.name}`,
      pattern: {
        source: ["aws.dms"],
        "detail-type": ["DMS Replication State Change"],
        resources: tasks.map(({ arn }) => arn),
      },
      topicArn: alerts.topicArn,
      key,
    });
  }

  private checkArguments(): void {
    const { args, check } = this;
    check.matches("name", this.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case letters, digits and single hyphens");
    check.require(this.name.length <= 40, "name", this.name, "at most 40 characters");
    check.oneOf("roles", args.roles, ["create", "adopt"]);
    check.require(Object.keys(args.tasks).length > 0, "tasks", args.tasks, "one task or more");
    const limits = { ...LIMIT_DEFAULTS, ...args.limits };
    check.integer("limits.latencySeconds", limits.latencySeconds, 1, 86_400);
    check.integer("limits.cpuPercent", limits.cpuPercent, 1, 100);
    check.integer("limits.freeStoragePercent", limits.freeStoragePercent, 1, 100);
    check.matches("reports.prefix", args.reports?.prefix, /^([A-Za-z0-9_.-]+\/)+$/, "folders that end with /");
    const publisher = this.compute.kind === "instance" ? "dms" : "events";
    check.require(
      args.alerts === undefined || args.alerts.admits(publisher),
      "alerts",
      `a topic that ${publisher === "dms" ? "DMS" : "EventBridge"} cannot publish to`,
      `a NotificationTopic with "${publisher}" among its publishers`,
    );
    const problems = [
      ...computeProblems(this.compute),
      ...endpointProblems("source", args.source),
      ...endpointProblems("target", args.target),
      ...conversionProblems(args.schemaConversion, args.source, args.target),
    ];
    for (const { argument, value, allowed } of problems) check.require(false, argument, value, allowed);
    for (const [role, task] of Object.entries(args.tasks)) {
      check.matches(
        "tasks",
        role,
        /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
        "names of at most 40 lower-case letters, digits and single hyphens",
      );
      for (const { argument, value, allowed } of taskProblems(
        task,
        args.source,
        args.target,
        this.compute.kind === "serverless",
      )) {
        const of = argument.startsWith("source.") ? argument : `tasks.${role}.${argument}`;
        check.require(false, of, value, allowed);
      }
    }
  }
}
