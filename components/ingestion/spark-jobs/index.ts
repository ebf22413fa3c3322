import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CompiledContract } from "../../../contracts/compiled";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import { SPARK_SCRIPT, sparkPackage } from "../../core/platform-function/spark";
import type { Scope } from "../../core/scope";
import type { SecureBucket } from "../../storage/secure-bucket";
import { GlueEtlJob, type GlueEtlJobArgs } from "../glue-etl-job";

export interface SparkJobsArgs extends Pick<
  GlueEtlJobArgs,
  "workerType" | "workers" | "maxConcurrentRuns" | "logRetentionDays"
> {
  readonly key: EncryptionKey;
  /** Holds the script and Spark's event logs. */
  readonly artifacts: SecureBucket;
  /** The datasets that run on a schedule. */
  readonly scheduled: readonly CompiledContract[];
  /** The rights of an engine. */
  readonly statements: readonly Statement[];
  readonly timeoutMinutes: number;
  /** The capacity that the datasets on a schedule run on. */
  readonly scheduledExecutionClass: GlueEtlJobArgs["executionClass"];
}

/** The Glue jobs of a pipeline. */
export interface SparkJobs {
  /** Runs the event-driven datasets, all of them. */
  readonly etl: GlueEtlJob;
  /** Dataset → name of its job, for the datasets on a schedule: a job with bookmarks runs one dataset only. */
  readonly bookmarkJobs: ReadonlyMap<string, pulumi.Output<string>>;
  /** The script and its package, which must be uploaded before a job runs. */
  readonly code: readonly pulumi.Resource[];
}

/** Makes the Spark jobs, which share one script, one role and one security configuration. */
export function buildSparkJobs(scope: Scope, args: SparkJobsArgs): SparkJobs {
  const { key, artifacts, statements, scheduled, timeoutMinutes, workerType, workers, maxConcurrentRuns } = args;
  // Both Glue and the local Spark run these files.
  const upload = (role: string, objectKey: string, path: string, contentType: string): aws.s3.BucketObjectv2 =>
    new aws.s3.BucketObjectv2(
      `${scope.name}-${role}`,
      { bucket: artifacts.bucketName, key: objectKey, source: new pulumi.asset.FileAsset(path), contentType },
      scope.child({ dependsOn: artifacts.ready }),
    );
  const script = upload("script", "scripts/etl.py", SPARK_SCRIPT, "text/x-python");
  const modules = upload("spark-package", "scripts/glue.zip", sparkPackage(), "application/zip");
  const common = {
    key,
    scriptLocation: pulumi.interpolate`s3://${artifacts.bucketName}/${script.key}`,
    arguments: { "--extra-py-files": pulumi.interpolate`s3://${artifacts.bucketName}/${modules.key}` },
    sparkLogsLocation: pulumi.interpolate`s3://${artifacts.bucketName}/spark-logs/`,
    timeoutMinutes,
    workerType,
    workers,
  };
  // No dataset has a hyphen in its name, so the job of none has this name.
  const etl = new GlueEtlJob(
    `${scope.name}-spark-etl`,
    {
      ...common,
      description: "Casts a batch of CSV files by contract and writes Parquet",
      statements,
      maxConcurrentRuns,
      logRetentionDays: args.logRetentionDays,
    },
    scope.child(),
  );
  const bookmarkJobs = scheduled.map(({ dataset }) => {
    const job = new GlueEtlJob(
      `${scope.name}-${dataset}`,
      {
        ...common,
        description: `Runs ${dataset} by its schedule, with job bookmarks`,
        statements: [],
        sharesWith: etl,
        bookmarks: "enable",
        executionClass: args.scheduledExecutionClass,
      },
      scope.child(),
    );
    return [dataset, job.jobName] as const;
  });
  return { etl, bookmarkJobs: new Map(bookmarkJobs), code: [script, modules] };
}

/** What the flow needs to run the jobs: a grant of its own for one job, a grant of the family for several. */
export const sparkStatements = (scope: Scope, { etl, bookmarkJobs }: SparkJobs): Statement[] =>
  bookmarkJobs.size === 0 ? etl.grantRun() : etl.grantRunOfFamily(`${scope.name}-`);
