import { z } from "zod";

/**
 * Every key an environment may set under `dataplatform:` in `Pulumi.<environment>.yaml`. A default stands here and nowhere
 * else; `docs/configuration.md` is generated from these descriptions.
 *
 * `safer` tells `platform diff` which of two values protects more: `higher` or `lower` numbers (unset is least), `longer`
 * times (unset is for ever), `set` for what should be given at all, or values from the weakest to the strongest (null for unset).
 */

/** Values CloudWatch Logs accepts: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const alerts = z
  .strictObject({
    emails: z
      .array(z.email())
      .default([])
      .describe("Addresses that receive every alert. Each must confirm its subscription."),
    sms: z
      .array(z.string().regex(/^\+[1-9]\d{6,14}$/, "an E.164 number such as +4915112345678"))
      .default([])
      .describe("Phone numbers, E.164."),
    https: z
      .array(z.url({ protocol: /^https$/ }))
      .default([])
      .describe("HTTPS endpoints."),
  })
  .prefault({})
  .describe("Who hears of rejected files, failed runs and alarms.");

const lake = z
  .strictObject({
    rawExpiryDays: z
      .int()
      .min(1)
      .optional()
      .describe("Days after which ingested raw files are removed; kept for ever when unset.")
      .meta({ safer: "longer" }),
    accessLogRetentionDays: z
      .int()
      .min(1)
      .max(3653)
      .default(365)
      .describe("Days to keep S3 access logs.")
      .meta({ safer: "higher" }),
    quarantineRetentionDays: z
      .int()
      .min(1)
      .optional()
      .describe("Days to keep quarantined files and rejected rows; kept for ever when unset.")
      .meta({ safer: "longer" }),
  })
  .prefault({})
  .describe("The data lake's zones.");

const ingestion = z
  .strictObject({
    architecture: z.enum(["x86_64", "arm64"]).default("x86_64").describe("Processor of the Lambda functions."),
    lightMaxMiB: z
      .int()
      .min(1)
      .max(8192)
      .default(1024)
      .describe("A batch up to this size, MiB, runs on DuckDB in Lambda; a larger one on Spark in Glue."),
    lightMemoryMiB: z.int().min(512).max(10240).default(3008).describe("Memory of the light engine's function, MiB."),
    leaseSeconds: z
      .int()
      .min(120)
      .max(172800)
      .default(10800)
      .describe(
        "Seconds after which a run that stopped renewing its dataset's lease counts as dead. Spark runs are ended five minutes before.",
      ),
    maxAttempts: z
      .int()
      .min(1)
      .max(10)
      .default(3)
      .describe("Runs tried for a file before it is quarantined.")
      .meta({ safer: "higher" }),
    retryDelaySeconds: z.int().min(0).max(3600).default(30).describe("Seconds between a failed run and the next try."),
    sweepEveryMinutes: z
      .int()
      .min(1)
      .max(1440)
      .default(5)
      .describe("Minutes between two sweeps for files that a dead execution left behind."),
    staleAfterSeconds: z
      .int()
      .min(10)
      .max(86400)
      .default(900)
      .describe("Age, seconds, from which a file without progress is the sweep's business."),
    sparkWorkerType: z.enum(["G.1X", "G.2X", "G.4X", "G.8X"]).default("G.1X").describe("Glue worker type."),
    sparkWorkers: z
      .int()
      .min(2)
      .max(299)
      .default(2)
      .describe("Glue workers at most; auto scaling uses fewer when it can."),
    maxConcurrentSparkRuns: z
      .int()
      .min(1)
      .max(200)
      .default(5)
      .describe("Glue runs at the same time, over all datasets."),
  })
  .prefault({})
  .describe("The ingestion pipeline.");

const query = z
  .strictObject({
    bytesScannedCutoffGiB: z
      .number()
      .min(0.01)
      .default(100)
      .describe("A query that scans more GiB is cancelled (at least 10 MB).")
      .meta({ safer: "lower" }),
    resultRetentionDays: z.int().min(1).max(365).default(30).describe("Days to keep query results."),
  })
  .prefault({})
  .describe("The Athena workgroup.");

const datasets = z
  .strictObject({
    folder: z.string().default("datasets").describe("Folder of the dataset contracts, relative to the project."),
    only: z.array(z.string()).optional().describe("Deploy just these datasets; all of them when unset."),
  })
  .prefault({})
  .describe("Which datasets the environment holds.");

const discovery = z
  .strictObject({
    schedule: z
      .string()
      .regex(/^cron\(.+\)$/, "a Glue schedule such as cron(0 3 * * ? *)")
      .default("cron(0 3 * * ? *)")
      .describe("When to crawl, UTC."),
    schemaChange: z
      .enum(["updateCatalog", "addNewColumnsOnly", "ignore"])
      .default("addNewColumnsOnly")
      .describe("What the crawler does when a file's columns change."),
  })
  .optional()
  .describe("A crawler over the raw zone, for files that have no contract yet. Absent: none.");

export const environmentSchema = z.strictObject({
  posture: z
    .enum(["disposable", "guarded", "locked"])
    .describe(
      "How hard data is to lose. `locked`: deletion protection and protect everywhere; `guarded`: deletion protection; `disposable`: data may go, if allowDataLoss says so too.",
    )
    .meta({ safer: ["disposable", "guarded", "locked"] }),
  allowDataLoss: z
    .boolean()
    .default(false)
    .describe("The second key to delete data. Allowed with posture disposable only.")
    .meta({ safer: [true, false] }),
  owner: z.email().describe("The team that runs this environment; becomes the tag `owner`."),
  costCenter: z.string().min(1).describe("Becomes the tag `cost-center`."),
  account: z
    .string()
    .regex(/^\d{12}$/, "12 digits, quoted")
    .describe("The AWS account of this environment; credentials of another account are refused."),
  permissionsBoundary: z
    .string()
    .min(1)
    .optional()
    .describe("Name of a managed policy that bounds every role of the platform.")
    .meta({ safer: "set" }),
  logRetentionDays: z
    .literal(LOG_RETENTION_DAYS)
    .default(30)
    .describe("Days to keep CloudWatch logs.")
    .meta({ safer: "higher" }),
  alerts,
  lake,
  ingestion,
  query,
  datasets,
  discovery,
});

export type EnvironmentConfig = z.output<typeof environmentSchema>;
