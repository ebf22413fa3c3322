import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { isCron } from "../../contracts/schedule";
import type { EncryptionKey } from "../core/encryption-key";
import { alertOnEvents } from "../core/event-alert";
import { glueSecurity } from "../core/glue-security";
import { serviceRole, type Statement } from "../core/iam";
import { logGroup } from "../core/log-group";
import { logRetentionDays } from "../core/log-retention";
import type { Scope } from "../core/scope";
import type { NotificationTopic } from "../core/notification-topic";
import { PlatformComponent } from "../core/platform-component";
import type { Resolved, Settings } from "../core/settings";

const RESERVED = ["--job-bookmark-option", "--TempDir", "--enable-auto-scaling", "--enable-metrics", "--conf"];
/** The longest time that Glue waits for spare capacity: https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html. */
export const MAX_FLEX_WAIT_SECONDS = 1200;
/** The worker types that spare capacity has. */
const FLEX_WORKERS = ["G.1X", "G.2X"];

export const glueEtlJobSettings = z.strictObject({
  description: z.string().min(1).describe("What the job does."),
  bookmarks: z
    .enum(["enable", "disable", "pause"])
    .default("disable")
    .describe(
      "Whether the job remembers what it has processed: https://docs.aws.amazon.com/glue/latest/dg/monitor-continuations.html.",
    ),
  maxConcurrentRuns: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe("Runs at the same time; a job with bookmarks runs once at a time."),
  glueVersion: z.enum(["4.0", "5.0"]).default("5.0").describe("Version of Glue."),
  workerType: z.enum(["G.1X", "G.2X", "G.4X", "G.8X"]).default("G.1X").describe("Glue worker type."),
  executionClass: z
    .enum(["standard", "flex"])
    .default("standard")
    .describe(
      "Capacity that runs use: `flex` is spare capacity, a third cheaper, for runs whose time does not matter. A run waits up to 20 minutes for it, and takes longer when Glue takes workers away: https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html.",
    ),
  workers: z.int().min(2).max(299).default(2).describe("Glue workers at most; auto scaling uses fewer when it can."),
  timeoutMinutes: z.int().min(1).max(10080).default(480).describe("Minutes after which a run is ended."),
  maxRetries: z.int().min(0).max(10).default(0).describe("Times that Glue starts a failed run again."),
  schedule: z
    .string()
    .refine(isCron, "a cron expression such as cron(0 3 * * ? *)")
    .optional()
    .describe("When Glue itself starts the job, UTC: `cron(0 3 * * ? *)`."),
  logRetentionDays,
});

export interface GlueEtlJobArgs extends Settings<typeof glueEtlJobSettings> {
  readonly key: EncryptionKey;
  /** The `s3://` address of the script. */
  readonly scriptLocation: pulumi.Input<string>;
  /** The rights of the job, beyond its own logs and metrics. */
  readonly statements: readonly Statement[];
  /** Arguments beside those that the component sets; names begin with `--`. */
  readonly arguments?: Readonly<Record<string, pulumi.Input<string>>>;
  /** A Data Quality ruleset (DQDL) for the table that the job fills. */
  readonly quality?: {
    readonly database: pulumi.Input<string>;
    readonly table: pulumi.Input<string>;
    readonly ruleset: string;
  };
  /** The `s3://` address where Spark leaves its event logs. */
  readonly sparkLogsLocation?: pulumi.Input<string>;
  /** A job of the same rights, whose role, security configuration and log groups this job uses too. It then has no statements of its own. */
  readonly sharesWith?: GlueEtlJob;
  /** Receives an alert when a run fails or runs out of time. The topic must let EventBridge publish. */
  readonly alerts?: NotificationTopic;
  readonly transform?: { readonly job?: (args: aws.glue.JobArgs) => aws.glue.JobArgs };
}

/**
 * A Spark job with bookmarks, encrypted logs and output, metrics, and a schedule of its own if it needs one.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const job = new GlueEtlJob("orders", {
 *   key,
 *   description: "Casts orders",
 *   scriptLocation: "s3://scripts/orders.py",
 *   statements: [],
 *   bookmarks: "enable",
 *   schedule: "cron(0 3 * * ? *)",
 * });
 */
export class GlueEtlJob extends PlatformComponent {
  readonly jobName: pulumi.Output<string>;
  readonly jobArn: pulumi.Output<string>;
  readonly role: aws.iam.Role;
  readonly roleArn: pulumi.Output<string>;
  readonly securityConfiguration: aws.glue.SecurityConfiguration;
  /** Where Glue writes the logs of the job's runs. */
  readonly logGroups: readonly aws.cloudwatch.LogGroup[];

  constructor(name: string, args: GlueEtlJobArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("ingestion", "GlueEtlJob", name, opts);
    const settings = this.settings(
      glueEtlJobSettings,
      args,
      ({ bookmarks, maxConcurrentRuns, executionClass, workerType }, check) => {
        check.require(
          bookmarks !== "enable" || maxConcurrentRuns === 1,
          "maxConcurrentRuns",
          maxConcurrentRuns,
          "1 with bookmarks: concurrent runs fail with a bookmark version mismatch",
        );
        // https://docs.aws.amazon.com/glue/latest/dg/add-job.html: "Flex execution".
        check.require(
          executionClass !== "flex" || FLEX_WORKERS.includes(workerType),
          "workerType",
          workerType,
          `${FLEX_WORKERS.join(", ")} with the execution class flex`,
        );
        const { sharesWith, statements } = args;
        const isShared = sharesWith !== undefined;
        check.require(
          !isShared || statements.length === 0,
          "statements",
          `${statements.length} statements`,
          "none with sharesWith: the role of the other job counts",
        );
        check.require(
          !isShared || args.logRetentionDays === undefined,
          "logRetentionDays",
          args.logRetentionDays,
          "unset with sharesWith: the log groups of the other job count",
        );
        for (const argument of Object.keys(args.arguments ?? {})) {
          check.matches("arguments", argument, /^--\S+$/, "names that begin with --");
          const allowed = `names other than ${RESERVED.join(", ")}`;
          check.require(!RESERVED.includes(argument), "arguments", argument, allowed);
        }
      },
    );
    const { sharesWith } = args;
    this.securityConfiguration = sharesWith?.securityConfiguration ?? glueSecurity(this.scope, args.key);
    this.role = sharesWith?.role ?? glueJobRole(this.scope, args);
    this.logGroups = sharesWith?.logGroups ?? this.makeLogGroups(args.key, settings);
    const jobArgs: aws.glue.JobArgs = {
      description: settings.description,
      roleArn: this.role.arn,
      glueVersion: settings.glueVersion,
      workerType: settings.workerType,
      executionClass: settings.executionClass.toUpperCase(),
      numberOfWorkers: settings.workers,
      timeout: settings.timeoutMinutes,
      maxRetries: settings.maxRetries,
      // A run beyond the quotas waits instead of failing. Glue queues only jobs that it does not retry, on standard capacity:
      // https://docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html,
      // https://aws.amazon.com/blogs/big-data/introducing-job-queuing-to-scale-your-aws-glue-workloads/.
      jobRunQueuingEnabled: settings.maxRetries === 0 && settings.executionClass === "standard",
      executionProperty: { maxConcurrentRuns: settings.maxConcurrentRuns },
      securityConfiguration: this.securityConfiguration.name,
      command: { name: "glueetl", pythonVersion: "3", scriptLocation: args.scriptLocation },
      defaultArguments: {
        "--job-language": "python",
        "--job-bookmark-option": `job-bookmark-${settings.bookmarks}`,
        "--enable-auto-scaling": "true",
        "--enable-metrics": "true",
        "--enable-observability-metrics": "true",
        // From version 5 on, all logs are continuous.
        ...(settings.glueVersion === "4.0" ? { "--enable-continuous-cloudwatch-log": "true" } : {}),
        ...(args.sparkLogsLocation
          ? { "--enable-spark-ui": "true", "--spark-event-logs-path": args.sparkLogsLocation }
          : {}),
        ...args.arguments,
      },
    };
    const job = new aws.glue.Job(
      `${name}-job`,
      args.transform?.job?.(jobArgs) ?? jobArgs,
      this.mainChild({ dependsOn: [...this.logGroups] }),
    );
    if (settings.schedule) {
      new aws.glue.Trigger(
        `${name}-schedule`,
        {
          type: "SCHEDULED",
          schedule: settings.schedule,
          enabled: true,
          startOnCreation: true,
          actions: [{ jobName: job.name }],
        },
        this.child(),
      );
    }
    if (args.quality) {
      new aws.glue.DataQualityRuleset(
        `${name}-quality`,
        {
          ruleset: args.quality.ruleset,
          targetTable: { databaseName: args.quality.database, tableName: args.quality.table },
        },
        this.child(),
      );
    }
    if (args.alerts) {
      alertOnEvents(this.scope, {
        description: `Sends an alert when a run of ${name} fails`,
        pattern: {
          source: ["aws.glue"],
          "detail-type": ["Glue Job State Change"],
          detail: { jobName: [job.name], state: ["FAILED", "TIMEOUT", "ERROR"] },
        },
        alerts: args.alerts,
        key: args.key,
      });
    }
    this.jobName = job.name;
    this.jobArn = job.arn;
    this.roleArn = this.role.arn;
    this.registerOutputs({ jobName: this.jobName, jobArn: this.jobArn, roleArn: this.roleArn });
  }

  /**
   * Makes the groups to which Glue writes what Spark and the script print. Glue would make them itself, for every security configuration
   * and role, without an end: https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html.
   */
  private makeLogGroups(
    key: EncryptionKey,
    { glueVersion, logRetentionDays }: Resolved<typeof glueEtlJobSettings>,
  ): aws.cloudwatch.LogGroup[] {
    const { name } = this.securityConfiguration;
    const make = (kind: string, path: pulumi.Output<string>): aws.cloudwatch.LogGroup =>
      logGroup(this.scope, `${kind}-logs`, { key, logRetentionDays, name: path });
    return [
      ...["error", "output"].map((kind) =>
        make(kind, pulumi.interpolate`/aws-glue/jobs/${name}-role/${this.role.name}/${kind}`),
      ),
      ...(glueVersion === "4.0" ? [make("continuous", pulumi.interpolate`/aws-glue/jobs/logs-v2-${name}`)] : []),
    ];
  }

  /** What a role needs to start the job and follow its runs. */
  grantRun(): Statement[] {
    return [{ actions: [...RUN_ACTIONS], resources: [this.jobArn] }];
  }

  /**
   * What a role needs to run all jobs whose names begin like this job's, up to and including `prefix`. It is one statement,
   * however many jobs there are: a role's inline policies end at 10,240 characters together.
   */
  grantRunOfFamily(prefix: string): Statement[] {
    return [{ actions: [...RUN_ACTIONS], resources: [this.jobArn.apply((arn) => familyOf(arn, prefix))] }];
  }
}

const RUN_ACTIONS = ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"];

/** Makes the pattern of ARNs that begin like a job's, up to and including `prefix` in its name. */
export function familyOf(jobArn: string, prefix: string): string {
  const [service = "", ...rest] = jobArn.split(":job/");
  const jobName = rest.join(":job/");
  const at = jobName.indexOf(prefix);
  if (at === -1) throw new Error(`the job ${jobName} is not of the family ${prefix}`);
  return `${service}:job/${jobName.slice(0, at + prefix.length)}*`;
}

/** Makes the role that Glue jobs assume: with their own logs, metrics and key, and with what is granted. */
function glueJobRole(scope: Scope, args: GlueEtlJobArgs): aws.iam.Role {
  const { partition, region, accountId } = scope.aws;
  const logs = pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:/aws-glue/*`;
  return serviceRole(scope, "role", {
    service: "glue.amazonaws.com",
    description: args.description,
    statements: [
      {
        actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"],
        resources: [logs, pulumi.interpolate`${logs}:log-stream:*`],
      },
      // These have no resources to name: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html
      { actions: ["glue:GetSecurityConfiguration", "glue:GetJobBookmark"], resources: ["*"] },
      // Metrics have no resources to name, only a namespace.
      {
        actions: ["cloudwatch:PutMetricData"],
        resources: ["*"],
        conditions: { StringEquals: { "cloudwatch:namespace": "Glue" } },
      },
      ...args.key.grantEncryptDecrypt({ directly: true }),
      {
        actions: ["s3:GetObject"],
        resources: [
          pulumi
            .all([partition, args.scriptLocation])
            .apply(([name, address]) => address.replace(/^s3:\/\//, `arn:${name}:s3:::`)),
        ],
      },
      ...args.statements,
    ],
  }).role;
}
