import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../core/encryption-key";
import { alertOnEvents } from "../core/event-alert";
import { glueSecurity } from "../core/glue-security";
import { serviceRole, type Statement } from "../core/iam";
import type { Scope } from "../core/scope";
import type { NotificationTopic } from "../core/notification-topic";
import { PlatformComponent } from "../core/platform-component";

/** Whether the job remembers what it has processed: https://docs.aws.amazon.com/glue/latest/dg/monitor-continuations.html */
export type Bookmarks = "enable" | "disable" | "pause";

export interface GlueEtlJobArgs {
  readonly key: EncryptionKey;
  readonly description: string;
  /** `s3://` address of the script. */
  readonly scriptLocation: pulumi.Input<string>;
  /** What the job may do, beyond its own logs and metrics. */
  readonly statements: readonly Statement[];
  readonly bookmarks?: Bookmarks;
  /** A job with bookmarks runs once at a time. */
  readonly maxConcurrentRuns?: number;
  readonly glueVersion?: "4.0" | "5.0";
  readonly workerType?: "G.1X" | "G.2X" | "G.4X" | "G.8X";
  /** At most; auto scaling uses fewer when it can. */
  readonly workers?: number;
  readonly timeoutMinutes?: number;
  readonly maxRetries?: number;
  /** Arguments beside those the component sets; names begin with `--`. */
  readonly arguments?: Readonly<Record<string, pulumi.Input<string>>>;
  /** When Glue itself starts the job, UTC: `cron(0 3 * * ? *)`. */
  readonly schedule?: string;
  /** A Data Quality ruleset (DQDL) for the table the job fills. */
  readonly quality?: {
    readonly database: pulumi.Input<string>;
    readonly table: pulumi.Input<string>;
    readonly ruleset: string;
  };
  /** `s3://` address where Spark leaves its event logs. */
  readonly sparkLogsLocation?: pulumi.Input<string>;
  /** One security configuration may serve several jobs. */
  readonly securityConfiguration?: aws.glue.SecurityConfiguration;
  /** One role may serve several jobs of the same rights. */
  readonly role?: aws.iam.Role;
  readonly logRetentionDays?: number;
  /** Hears of runs that failed or ran out of time. The topic must let EventBridge publish. */
  readonly alerts?: NotificationTopic;
  readonly transform?: { readonly job?: (args: aws.glue.JobArgs) => aws.glue.JobArgs };
}

export const GLUE_ETL_JOB_DEFAULTS = {
  bookmarks: "disable" as Bookmarks,
  maxConcurrentRuns: 1,
  glueVersion: "5.0" as const,
  workerType: "G.1X" as const,
  workers: 2,
  timeoutMinutes: 480,
  maxRetries: 0,
};

const RESERVED = ["--job-bookmark-option", "--TempDir", "--enable-auto-scaling", "--enable-metrics", "--conf"];

/**
 * A Spark job with its bookmarks said in words, encrypted logs, bookmarks and output, metrics, and a schedule if it has one.
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

  constructor(name: string, args: GlueEtlJobArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("ingestion", "GlueEtlJob", name, opts);
    const bookmarks = args.bookmarks ?? GLUE_ETL_JOB_DEFAULTS.bookmarks;
    const maxConcurrentRuns = args.maxConcurrentRuns ?? GLUE_ETL_JOB_DEFAULTS.maxConcurrentRuns;
    const workers = args.workers ?? GLUE_ETL_JOB_DEFAULTS.workers;
    this.check.oneOf("bookmarks", bookmarks, ["enable", "disable", "pause"]);
    this.check.integer("maxConcurrentRuns", maxConcurrentRuns, 1, 1000);
    this.check.integer("workers", workers, 2, 299);
    this.check.integer("timeoutMinutes", args.timeoutMinutes, 1, 10080);
    this.check.integer("maxRetries", args.maxRetries, 0, 10);
    this.check.matches("schedule", args.schedule, /^cron\(.+\)$/, "a cron expression such as cron(0 3 * * ? *)");
    this.check.require(
      bookmarks !== "enable" || maxConcurrentRuns === 1,
      "maxConcurrentRuns",
      maxConcurrentRuns,
      "1 with bookmarks: concurrent runs fail with a bookmark version mismatch",
    );
    for (const argument of Object.keys(args.arguments ?? {})) {
      this.check.matches("arguments", argument, /^--\S+$/, "names that begin with --");
      this.check.require(
        !RESERVED.includes(argument),
        "arguments",
        argument,
        `names other than ${RESERVED.join(", ")}`,
      );
    }

    this.securityConfiguration = args.securityConfiguration ?? glueSecurity(this.scope, args.key);
    this.role = args.role ?? glueJobRole(this.scope, args);
    const jobArgs: aws.glue.JobArgs = {
      description: args.description,
      roleArn: this.role.arn,
      glueVersion: args.glueVersion ?? GLUE_ETL_JOB_DEFAULTS.glueVersion,
      workerType: args.workerType ?? GLUE_ETL_JOB_DEFAULTS.workerType,
      numberOfWorkers: workers,
      timeout: args.timeoutMinutes ?? GLUE_ETL_JOB_DEFAULTS.timeoutMinutes,
      maxRetries: args.maxRetries ?? GLUE_ETL_JOB_DEFAULTS.maxRetries,
      executionProperty: { maxConcurrentRuns },
      securityConfiguration: this.securityConfiguration.name,
      command: { name: "glueetl", pythonVersion: "3", scriptLocation: args.scriptLocation },
      defaultArguments: {
        "--job-language": "python",
        "--job-bookmark-option": `job-bookmark-${bookmarks}`,
        "--enable-auto-scaling": "true",
        "--enable-metrics": "true",
        "--enable-observability-metrics": "true",
        "--enable-continuous-cloudwatch-log": "true",
        ...(args.sparkLogsLocation
          ? { "--enable-spark-ui": "true", "--spark-event-logs-path": args.sparkLogsLocation }
          : {}),
        ...args.arguments,
      },
    };
    const job = new aws.glue.Job(`${name}-job`, args.transform?.job?.(jobArgs) ?? jobArgs, this.mainChild());
    if (args.schedule) {
      new aws.glue.Trigger(
        `${name}-schedule`,
        {
          type: "SCHEDULED",
          schedule: args.schedule,
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
        description: `Failed runs of ${name}`,
        pattern: {
          source: ["aws.glue"],
          "detail-type": ["Glue Job State Change"],
          detail: { jobName: [job.name], state: ["FAILED", "TIMEOUT", "ERROR"] },
        },
        topicArn: args.alerts.topicArn,
        key: args.key,
      });
    }
    this.jobName = job.name;
    this.jobArn = job.arn;
    this.roleArn = this.role.arn;
    this.registerOutputs({ jobName: this.jobName, jobArn: this.jobArn, roleArn: this.roleArn });
  }

  /** What a role needs to start the job and follow its runs. */
  grantRun(): Statement[] {
    return [{ actions: [...RUN_ACTIONS], resources: [this.jobArn] }];
  }

  /**
   * The same for all jobs whose names begin as this one's does, up to and including `prefix`: one statement, however many
   * jobs there are. A role's inline policies end at 10,240 characters together.
   */
  grantRunOfFamily(prefix: string): Statement[] {
    return [{ actions: [...RUN_ACTIONS], resources: [this.jobArn.apply((arn) => familyOf(arn, prefix))] }];
  }
}

const RUN_ACTIONS = ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"];

/** The pattern of ARNs that begin like a job's, up to and including `prefix` in its name. */
export function familyOf(jobArn: string, prefix: string): string {
  const [service = "", ...rest] = jobArn.split(":job/");
  const jobName = rest.join(":job/");
  const at = jobName.indexOf(prefix);
  if (at === -1) throw new Error(`the job ${jobName} is not of the family ${prefix}`);
  return `${service}:job/${jobName.slice(0, at + prefix.length)}*`;
}

/** A role Glue jobs assume: their own logs, metrics and key, and what is granted. */
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
      // Metrics have no resources to name, only a namespace.
      {
        actions: ["cloudwatch:PutMetricData"],
        resources: ["*"],
        conditions: { StringEquals: { "cloudwatch:namespace": "Glue" } },
      },
      ...args.key.grantEncryptDecrypt(),
      ...args.statements,
    ],
  }).role;
}
