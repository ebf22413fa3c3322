import { z } from "zod";
import { platformFunctionSettings } from "../../core/platform-function";
import type { Resolved } from "../../core/settings";
import { glueEtlJobSettings } from "../glue-etl-job";

export const ingestionPipelineSettings = z.strictObject({
  architecture: platformFunctionSettings.shape.architecture,
  lightMaxMiB: z
    .int()
    .min(1)
    .max(8192)
    .default(1024)
    .describe("A batch up to this size, MiB, runs on DuckDB in Lambda; a larger one on Spark in Glue."),
  lightMemoryMiB: z.int().min(1024).max(10240).default(3008).describe("Memory of the light engine's function, MiB."),
  leaseSeconds: z
    .int()
    .min(7200)
    .max(172_800)
    .default(21_600)
    .describe(
      "Seconds after which a dataset's lease that its run has not renewed is free. It limits Spark runs: they get what it leaves after the other steps. A run that has died is found by the sweep, however long its lease is.",
    ),
  maxAttempts: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe(
      "Runs that fail because of a file's data before the file is quarantined; and further executions that cannot validate a file's header because of a fault before the file is given up. What a busy AWS or a missing permission makes fail never counts.",
    )
    .meta({ safer: "higher" }),
  retryDelaySeconds: z
    .int()
    .min(0)
    .max(3600)
    .default(30)
    .describe("Seconds between a run that failed because of the data and the next try."),
  blockedDelaySeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(120)
    .describe(
      "Seconds before the next try after a run that failed for another reason: AWS was busy, or a permission is missing. They double with each such run in a row.",
    ),
  maxBlockedDelaySeconds: z
    .int()
    .min(1)
    // Alarms look back over three such waits, and over a day at most:
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    .max(28_800)
    .default(1800)
    .describe("Longest wait between such runs, seconds. It should be longer than the runs that keep AWS busy."),
  sweepEveryMinutes: z
    .int()
    .min(1)
    .max(1440)
    .default(5)
    .describe("Minutes between two sweeps for files that a dead execution left behind."),
  staleAfterSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(900)
    .describe("Seconds without progress after which the sweep takes up a file."),
  unclaimed: z
    .enum(["leave", "quarantine"])
    .default("leave")
    .describe(
      "What becomes of a file in the raw zone that no contract claims: it stays there, where crawlers and transfers work with it, and an alert says so, or it is quarantined.",
    ),
  sparkWorkerType: glueEtlJobSettings.shape.workerType,
  scheduledExecutionClass: glueEtlJobSettings.shape.executionClass
    .unwrap()
    .default("flex")
    .describe(
      "Capacity that scheduled datasets run on: `flex` is spare capacity, a third cheaper, for which a run may wait up to 20 minutes; `standard` starts at once. Only the worker types G.1X and G.2X have `flex`.",
    ),
  sparkWorkers: glueEtlJobSettings.shape.workers,
  maxConcurrentSparkRuns: z.int().min(1).max(200).default(5).describe("Glue runs at the same time, over all datasets."),
  logRetentionDays: platformFunctionSettings.shape.logRetentionDays,
});

export type PipelineSettings = Resolved<typeof ingestionPipelineSettings>;
