import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { LogRetentionDays } from "../../core/log-retention";
import { policyDocument, serviceRole } from "../../core/iam";
import { alertOnEvents } from "../../core/event-alert";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import type { SecureBucket } from "../../storage/secure-bucket";
import { checkLocation, makeLocation, type TransferLocation } from "./locations";
import { checkOptions, taskOptions, type TransferOptions } from "./options";
import { checkSchedule, halfAnHourLater } from "./schedule";

/** An agent that is activated with the deployment; it has to run already. */
export interface TransferAgent {
  /** Where the machine that deploys reaches the agent, port 80: it asks it for its activation key. */
  readonly ipAddress?: pulumi.Input<string>;
  /** A key got elsewhere; it is good for half an hour and once. */
  readonly activationKey?: pulumi.Input<string>;
  /** Talk to DataSync by PrivateLink instead of its public endpoint. */
  readonly privateLink?: {
    readonly vpcEndpointId: pulumi.Input<string>;
    readonly endpointAddress: pulumi.Input<string>;
    readonly subnetArn: pulumi.Input<string>;
    readonly securityGroupArn: pulumi.Input<string>;
  };
}

export interface DataSyncTransferArgs {
  readonly source: TransferLocation;
  readonly destination: TransferLocation;
  readonly key: EncryptionKey;
  /** When: `rate(…)` or `cron(…)`, UTC, once an hour at most. Default: when somebody starts it. */
  readonly schedule?: string;
  /**
   * A second task brings back what is new at the destination. It never overwrites and never removes, so that nothing goes in
   * circles: of a file changed on both sides the source's version stays.
   */
  readonly bidirectional?: boolean;
  readonly options?: TransferOptions;
  /** Only these files and folders, each beginning with a slash; `*` at the end or the beginning of a part. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** By role: activated here and used for both ends. */
  readonly agents?: Readonly<Record<string, TransferAgent>>;
  /** A report of every run: what was moved, skipped, verified, removed, and what failed. */
  readonly reports?: { readonly bucket: SecureBucket; readonly prefix?: string; readonly level?: "errors" | "all" };
  /** Hears of runs that fail. */
  readonly alerts?: NotificationTopic;
  readonly logRetentionDays?: LogRetentionDays;
  readonly transform?: { readonly task?: (args: aws.datasync.TaskArgs) => aws.datasync.TaskArgs };
}

export const DATA_SYNC_TRANSFER_DEFAULTS = { bidirectional: false, logRetentionDays: 30 };

/**
 * Moves files between file systems, object stores and S3, on premises and in AWS, with their metadata: a DataSync task with its
 * locations, roles and agents, encrypted logs, reports, a filter, a limit on bandwidth, and news of runs that fail.
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
    const bidirectional = args.bidirectional ?? DATA_SYNC_TRANSFER_DEFAULTS.bidirectional;
    this.checkArguments(bidirectional);
    const agentArns = Object.entries(args.agents ?? {}).map(([role, agent]) => this.agent(role, agent));
    const context = {
      agentArns,
      accountId: this.aws.accountId,
      options: this.child(),
    };
    const onPremises = (one: TransferLocation): typeof agentArns =>
      "agentArns" in one || "host" in one ? agentArns : [];
    this.sourceLocationArn = makeLocation(args.source, {
      ...context,
      scope: this.scope.part("source"),
      name: `${name}-source`,
      access: bidirectional ? "readWrite" : "read",
      agentArns: onPremises(args.source),
    });
    this.destinationLocationArn = makeLocation(args.destination, {
      ...context,
      scope: this.scope.part("destination"),
      name: `${name}-destination`,
      access: "readWrite",
      agentArns: onPremises(args.destination),
    });
    const logs = this.logs();
    const reports = this.reports();
    const task = (role: string, back: boolean): aws.datasync.Task => {
      const [from, to] = back ? [args.destination, args.source] : [args.source, args.destination];
      const ends = [this.sourceLocationArn, this.destinationLocationArn] as const;
      const options: TransferOptions = back
        ? { ...args.options, overwrite: false, deleted: "keep", transfer: "changed" }
        : { ...args.options };
      const schedule = back ? halfAnHourLater(args.schedule) : args.schedule;
      const taskArgs: aws.datasync.TaskArgs = {
        sourceLocationArn: back ? ends[1] : ends[0],
        destinationLocationArn: back ? ends[0] : ends[1],
        cloudwatchLogGroupArn: logs.group.arn,
        options: taskOptions(options, from.kind, to.kind),
        ...(schedule === undefined ? {} : { schedule: { scheduleExpression: schedule } }),
        includes: filter(args.include),
        excludes: filter(args.exclude),
        taskReportConfig: reports,
      };
      return new aws.datasync.Task(
        `${name}-${role}`,
        args.transform?.task?.(taskArgs) ?? taskArgs,
        this.mainChild({ dependsOn: [logs.policy] }),
      );
    };
    const there = task("task", false);
    const back = bidirectional ? task("return-task", true) : undefined;
    this.taskArn = there.arn;
    this.returnTaskArn = back?.arn ?? pulumi.output("");
    this.logGroupName = logs.group.name;
    this.tellFailures([there, ...(back ? [back] : [])]);
    this.registerOutputs({
      taskArn: this.taskArn,
      returnTaskArn: this.returnTaskArn,
      sourceLocationArn: this.sourceLocationArn,
      destinationLocationArn: this.destinationLocationArn,
      logGroupName: this.logGroupName,
    });
  }

  private checkArguments(bidirectional: boolean): void {
    const { args, check } = this;
    const agents = Object.keys(args.agents ?? {}).length;
    checkLocation("source", args.source, agents, check);
    checkLocation("destination", args.destination, agents, check);
    checkOptions(args.options ?? {}, check);
    checkSchedule("schedule", args.schedule, check);
    check.require(
      !bidirectional || (args.options?.deleted ?? "keep") === "keep",
      "options.deleted",
      args.options?.deleted,
      "keep, when bidirectional: what is new on one side would be removed as missing on the other",
    );
    check.require(
      !bidirectional || (args.options?.metadata ?? "preserve") === "preserve",
      "options.metadata",
      args.options?.metadata,
      "preserve, when bidirectional: without times every file would differ for ever",
    );
    for (const argument of ["include", "exclude"] as const) {
      for (const pattern of args[argument] ?? []) {
        check.matches(argument, pattern, /^\/[^|]+$|^\*[^|]*$/, "patterns that begin with / (or *), without |");
      }
    }
    for (const [role, agent] of Object.entries(args.agents ?? {})) {
      check.require(
        (agent.ipAddress === undefined) !== (agent.activationKey === undefined),
        `agents.${role}`,
        agent.ipAddress ?? agent.activationKey,
        "ipAddress or activationKey, one of them",
      );
    }
  }

  private agent(role: string, agent: TransferAgent): pulumi.Output<string> {
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

  private logs(): { readonly group: aws.cloudwatch.LogGroup; readonly policy: aws.cloudwatch.LogResourcePolicy } {
    const { accountId, region, partition } = this.aws;
    const group = new aws.cloudwatch.LogGroup(
      `${this.name}-logs`,
      {
        retentionInDays: this.args.logRetentionDays ?? DATA_SYNC_TRANSFER_DEFAULTS.logRetentionDays,
        kmsKeyId: this.args.key.keyArn,
      },
      this.child(),
    );
    // https://docs.aws.amazon.com/datasync/latest/userguide/configure-logging.html
    const policy = new aws.cloudwatch.LogResourcePolicy(
      `${this.name}-logs-policy`,
      {
        policyName: group.name,
        policyDocument: policyDocument([
          {
            sid: "DataSyncWrites",
            principals: { Service: ["datasync.amazonaws.com"] },
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [pulumi.interpolate`${group.arn}:*`],
            conditions: {
              StringEquals: { "aws:SourceAccount": accountId },
              ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:datasync:${region}:${accountId}:task/*` },
            },
          },
        ]),
      },
      this.child(),
    );
    return { group, policy };
  }

  private reports(): aws.types.input.datasync.TaskTaskReportConfig | undefined {
    const { reports } = this.args;
    if (!reports) return undefined;
    const prefix = reports.prefix ?? `datasync-reports/${this.name}/`;
    const { role } = serviceRole(this.scope, "reports-role", {
      service: "datasync.amazonaws.com",
      description: "Lets DataSync write reports of its runs",
      sourceAccount: this.aws.accountId,
      statements: reports.bucket.grantWrite(prefix),
    });
    return {
      s3Destination: { bucketAccessRoleArn: role.arn, s3BucketArn: reports.bucket.bucketArn, subdirectory: prefix },
      outputType: "STANDARD",
      reportLevel: (reports.level ?? "errors") === "all" ? "SUCCESSES_AND_ERRORS" : "ERRORS_ONLY",
      s3ObjectVersioning: "NONE",
    };
  }

  /** DataSync has no metric of failed runs: it sends events. */
  private tellFailures(tasks: readonly aws.datasync.Task[]): void {
    const { alerts } = this.args;
    if (!alerts) return;
    alertOnEvents(this.scope, {
      description: `Runs of ${this.name} that failed`,
      pattern: {
        source: ["aws.datasync"],
        "detail-type": ["DataSync Task Execution State Change"],
        detail: { State: ["ERROR"] },
        resources: tasks.map(({ arn }) => ({ prefix: arn })),
      },
      topicArn: alerts.topicArn,
      key: this.args.key,
    });
  }
}

const filter = (patterns: readonly string[] | undefined): { filterType: string; value: string } | undefined =>
  patterns && patterns.length > 0 ? { filterType: "SIMPLE_PATTERN", value: patterns.join("|") } : undefined;
