import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { alertOnEvents } from "../../core/event-alert";
import { serviceRole } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import type { Settings } from "../../core/settings";
import { DataSyncLogs } from "./logs";
import { makeLocation } from "./locations";
import { taskOptions } from "./options";
import { halfAnHourLater } from "./schedule";
import { checkTransfer, dataSyncTransferSettings, type TransferSettings } from "./settings";

export interface DataSyncTransferArgs extends Settings<typeof dataSyncTransferSettings> {
  readonly key: EncryptionKey;
  /** Receives alerts about runs that fail. */
  readonly alerts?: NotificationTopic;
  /** The logs of several transfers. Without them, the transfer has a log group and a resource policy of its own. */
  readonly logs?: DataSyncLogs;
  readonly transform?: { readonly task?: (args: aws.datasync.TaskArgs) => aws.datasync.TaskArgs };
}

/**
 * Transfers files between file systems, object stores and S3, on premises and in AWS, with their metadata: a DataSync task with its
 * locations, roles and agents, encrypted logs, reports, a filter, a limit on bandwidth, and alerts about runs that fail.
 *
 * A run compares both sides; it is no replication, and DataSync schedules nothing faster than hourly.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key });
 * const measurements = new DataSyncTransfer("measurements", {
 *   key,
 *   agents: { plant: { ipAddress: "10.20.0.9" } },
 *   source: { kind: "nfs", host: "files.plant.example.com", path: "/measurements" },
 *   destination: { kind: "s3", bucket: lake.zones.raw, prefix: "measurements/" },
 *   schedule: "cron(15 * * * ? *)",
 *   options: { bandwidthMiBps: 100 },
 * });
 */
export class DataSyncTransfer extends PlatformComponent {
  readonly taskArn: pulumi.Output<string>;
  /** The way back; empty unless bidirectional. */
  readonly returnTaskArn: pulumi.Output<string>;
  readonly sourceLocationArn: pulumi.Output<string>;
  readonly destinationLocationArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: DataSyncTransferArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("migration", "DataSyncTransfer", name, opts);
    const settings = this.settings(dataSyncTransferSettings, args, checkTransfer);
    const { source, destination, bidirectional } = settings;
    const agents = Object.entries(settings.agents).map(([role, agent]) => this.agent(role, agent));
    const location = (role: "source" | "destination", access: "read" | "readWrite"): pulumi.Output<string> =>
      makeLocation(this.scope.part(role), settings[role], { access, agentArns: agents });
    this.sourceLocationArn = location("source", bidirectional ? "readWrite" : "read");
    this.destinationLocationArn = location("destination", "readWrite");
    const { key } = args;
    const { logRetentionDays } = settings;
    const logs = args.logs ?? new DataSyncLogs(`${name}-task`, { key, logRetentionDays }, this.child());
    const reports = this.reports(settings);
    const task = (role: string, taskArgs: Partial<aws.datasync.TaskArgs>): aws.datasync.Task => {
      const given: aws.datasync.TaskArgs = {
        sourceLocationArn: this.sourceLocationArn,
        destinationLocationArn: this.destinationLocationArn,
        cloudwatchLogGroupArn: logs.logGroupArn,
        includes: filter(settings.include),
        excludes: filter(settings.exclude),
        taskReportConfig: reports,
        ...taskArgs,
      };
      const options = this.mainChild({ dependsOn: [logs.policy] });
      return new aws.datasync.Task(`${name}-${role}`, args.transform?.task?.(given) ?? given, options);
    };
    const there = task("task", {
      options: taskOptions(settings.options, source.kind, destination.kind),
      schedule: scheduled(settings.schedule),
    });
    const backOptions = { ...settings.options, overwrite: false, deleted: "keep", transfer: "changed" } as const;
    const back = bidirectional
      ? task("return-task", {
          sourceLocationArn: this.destinationLocationArn,
          destinationLocationArn: this.sourceLocationArn,
          options: taskOptions(backOptions, destination.kind, source.kind),
          schedule: scheduled(halfAnHourLater(settings.schedule)),
        })
      : undefined;
    this.taskArn = there.arn;
    this.returnTaskArn = back?.arn ?? pulumi.output("");
    this.logGroupName = logs.logGroupName;
    this.alertOnFailures([there, ...(back ? [back] : [])]);
    this.registerOutputs({
      taskArn: this.taskArn,
      returnTaskArn: this.returnTaskArn,
      sourceLocationArn: this.sourceLocationArn,
      destinationLocationArn: this.destinationLocationArn,
      logGroupName: this.logGroupName,
    });
  }

  private agent(role: string, agent: TransferSettings["agents"][string]): pulumi.Output<string> {
    const { privateLink } = agent;
    return new aws.datasync.Agent(
      `${this.name}-${role}-agent`,
      {
        ipAddress: agent.ipAddress,
        activationKey: agent.activationKey === undefined ? undefined : pulumi.secret(agent.activationKey),
        ...(privateLink
          ? {
              vpcEndpointId: privateLink.vpcEndpointId,
              privateLinkEndpoint: privateLink.endpointAddress,
              subnetArns: [privateLink.subnetArn],
              securityGroupArns: [privateLink.securityGroupArn],
            }
          : {}),
      },
      this.child(),
    ).arn;
  }

  private reports({ reports }: TransferSettings): aws.types.input.datasync.TaskTaskReportConfig | undefined {
    if (!reports) return undefined;
    const { prefix = `datasync-reports/${this.name}/` } = reports;
    const { role } = serviceRole(this.scope, "reports-role", {
      service: "datasync.amazonaws.com",
      description: "Lets DataSync write reports of its runs",
      sourceAccount: this.aws.accountId,
      statements: reports.bucket.grantWrite(prefix),
    });
    return {
      s3Destination: { bucketAccessRoleArn: role.arn, s3BucketArn: reports.bucket.bucketArn, subdirectory: prefix },
      outputType: "STANDARD",
      reportLevel: reports.level === "all" ? "SUCCESSES_AND_ERRORS" : "ERRORS_ONLY",
      s3ObjectVersioning: "NONE",
    };
  }

  /** DataSync has no metric of failed runs: it sends events. */
  private alertOnFailures(tasks: readonly aws.datasync.Task[]): void {
    const { alerts } = this.args;
    if (!alerts) return;
    alertOnEvents(this.scope, {
      description: `Sends an alert when a run of ${this.name} fails`,
      pattern: {
        source: ["aws.datasync"],
        "detail-type": ["DataSync Task Execution State Change"],
        detail: { State: ["ERROR"] },
        resources: tasks.map(({ arn }) => ({ prefix: arn })),
      },
      alerts,
      key: this.args.key,
    });
  }
}

const filter = (patterns: readonly string[]): { filterType: string; value: string } | undefined =>
  patterns.length > 0 ? { filterType: "SIMPLE_PATTERN", value: patterns.join("|") } : undefined;

const scheduled = (scheduleExpression: string | undefined): { scheduleExpression: string } | undefined =>
  scheduleExpression === undefined ? undefined : { scheduleExpression };
