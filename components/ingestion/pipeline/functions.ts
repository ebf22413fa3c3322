import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DataCatalog } from "../../catalog/data-catalog";
import { PARTITION_REGISTRAR_CAPACITY } from "../../catalog/partition-registrar";
import type { DeadLetterQueue } from "../../core/dead-letter-queue";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformFunction, type PlatformFunctionArgs } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import type { DataLake } from "../../storage/data-lake";
import { LEDGER_READ, LEDGER_WRITE, ledgerStatements } from "../ledger";
import type { PipelineSettings } from "./settings";

/** The timeouts of the functions that the flow calls, in seconds. The lengths of runs and leases follow from them. */
export const FUNCTION_SECONDS = {
  headerValidator: 60,
  runCoordinator: 300,
  // The longest that Lambda allows: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
  lightEtl: 900,
  quarantine: 900,
  partitionRegistrar: PARTITION_REGISTRAR_CAPACITY.timeoutSeconds,
} as const;

/** The namespace of the figures that functions record. */
export const METRICS_NAMESPACE = "DataPlatform";

export interface FunctionsArgs {
  readonly lake: DataLake;
  readonly catalog: DataCatalog;
  readonly key: EncryptionKey;
  readonly alerts: NotificationTopic;
  readonly deadLetters: DeadLetterQueue;
  readonly environment: string;
  readonly settings: PipelineSettings;
  readonly ledger: aws.dynamodb.Table;
  readonly bus: aws.cloudwatch.EventBus;
  readonly etlJobName: pulumi.Output<string>;
}

/** The folder of rejected rows in the quarantine zone. */
const REJECTED_ROWS = "rejected-rows/";

/** The rights of both engines on what they are told, and on what they report. */
const orderStatements = (lake: DataLake): Statement[] => [
  ...lake.grantRead("artifacts", "contracts/"),
  ...lake.grantReadWrite("artifacts", "runs/"),
  ...lake.grantReadWrite("artifacts", "sources/"),
  ...lake.grantRead("artifacts", "withdrawals/", { versions: true }),
  ...lake.grantRead("raw", "", { versions: true }),
];

/** The rights of the engine on DuckDB: it reads raw files and writes tables, rejected rows and manifests. */
export function lightStatements(lake: DataLake): Statement[] {
  const { processed, curated, quarantine } = lake.zones;
  return [
    ...orderStatements(lake),
    ...processed.grantReadWrite("", { parts: true }),
    ...processed.grantDelete(),
    ...curated.grantList(),
    ...curated.grantWrite("", { parts: true }),
    ...curated.grantDelete(),
    ...quarantine.grantWrite(REJECTED_ROWS, { parts: true }),
    ...quarantine.grantDelete(REJECTED_ROWS),
  ];
}

/** The rights of the engine on Spark: it writes to a staging folder of the processed zone, and publishes by copies. */
export function sparkEngineStatements(lake: DataLake): Statement[] {
  const { raw, processed, curated, quarantine, artifacts } = lake.zones;
  const copies = { parts: true, tags: true };
  return [
    ...orderStatements(lake),
    ...lake.grantRead("artifacts", "scripts/"),
    ...lake.grantRead("artifacts", "markers/"),
    ...lake.grantReadWrite("artifacts", "spark-logs/"),
    ...processed.grantReadWrite("", copies),
    // Spark's committer looks for uploads in parts that an attempt left behind.
    ...processed.grantUploads(),
    ...processed.grantDelete(),
    ...curated.grantRead(),
    ...curated.grantWrite("", copies),
    ...curated.grantDelete(),
    ...quarantine.grantWrite(REJECTED_ROWS, copies),
    ...quarantine.grantDelete(REJECTED_ROWS),
    ...[raw, processed, curated, quarantine, artifacts].flatMap((zone) => zone.grantLocation()),
  ];
}

type FunctionArgs = Pick<PlatformFunctionArgs, "code" | "description" | "statements" | "environment"> &
  Pick<PlatformFunctionArgs, "memoryMiB" | "timeoutSeconds" | "ephemeralStorageMiB">;

function makeFunction(scope: Scope, { settings, key, deadLetters }: FunctionsArgs, args: FunctionArgs) {
  const { architecture, logRetentionDays } = settings;
  return new PlatformFunction(
    `${scope.name}-${args.code}`,
    {
      ...args,
      key,
      architecture,
      logRetentionDays,
      deadLetterQueueArn: deadLetters.queueArn,
      environment: { ...args.environment, POWERTOOLS_SERVICE_NAME: args.code },
    },
    scope.child(),
  );
}

/** Functions that write to the ledger also record figures. */
const ledgerEnvironment = ({ ledger, environment }: FunctionsArgs) => ({
  LEDGER_TABLE: ledger.name,
  POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
  PLATFORM_ENVIRONMENT: environment,
});

/** Makes the functions that the flow calls. */
export function buildFunctions(scope: Scope, args: FunctionsArgs) {
  const { lake, catalog, alerts, settings, ledger, bus } = args;
  const { raw, processed, curated, quarantine, artifacts } = lake.zones;
  const lightMaxBytes = String(settings.lightMaxMiB * 1024 ** 2);
  return {
    headerValidator: makeFunction(scope, args, {
      code: "header-validator",
      description: "Compares a file's header with its contract",
      timeoutSeconds: FUNCTION_SECONDS.headerValidator,
      environment: { ARTIFACTS_BUCKET: artifacts.bucketName, UNCLAIMED: settings.unclaimed },
      statements: [
        ...lake.grantRead("raw", "", { versions: true, versionLists: true }),
        ...lake.grantRead("artifacts", "contracts/"),
      ],
    }),
    runCoordinator: makeFunction(scope, args, {
      code: "run-coordinator",
      description: "Queues files, plans one run of a dataset at a time, and commits runs",
      timeoutSeconds: FUNCTION_SECONDS.runCoordinator,
      memoryMiB: 512,
      environment: {
        ...ledgerEnvironment(args),
        RAW_BUCKET: raw.bucketName,
        PROCESSED_BUCKET: processed.bucketName,
        CURATED_BUCKET: curated.bucketName,
        QUARANTINE_BUCKET: quarantine.bucketName,
        ARTIFACTS_BUCKET: artifacts.bucketName,
        DATABASE_NAME: catalog.databaseName,
        EVENT_BUS_NAME: bus.name,
        ETL_JOB_NAME: args.etlJobName,
        LIGHT_MAX_BYTES: lightMaxBytes,
        LEASE_SECONDS: String(settings.leaseSeconds),
        MAX_ATTEMPTS: String(settings.maxAttempts),
      },
      statements: [
        ...ledgerStatements(ledger, [...LEDGER_READ, ...LEDGER_WRITE, "BatchGetItem", "ConditionCheckItem"]),
        ...lake.grantRead("artifacts", "contracts/"),
        ...lake.grantReadWrite("artifacts", "runs/"),
        ...lake.grantReadWrite("artifacts", "markers/"),
        ...lake.grantRead("processed"),
        ...lake.grantRead("curated"),
        ...lake.grantRead("quarantine", REJECTED_ROWS),
        { actions: ["events:PutEvents"], resources: [bus.arn] },
      ],
    }),
    lightEtl: makeFunction(scope, args, {
      code: "light-etl",
      description: "Casts a batch of CSV files by contract and writes Parquet, on DuckDB",
      memoryMiB: settings.lightMemoryMiB,
      timeoutSeconds: FUNCTION_SECONDS.lightEtl,
      // Inputs, outputs and what DuckDB spills pass through /tmp.
      ephemeralStorageMiB: Math.min(10_240, Math.max(2048, settings.lightMaxMiB * 5)),
      environment: { LIGHT_MAX_BYTES: lightMaxBytes },
      statements: lightStatements(lake),
    }),
    quarantine: makeFunction(scope, args, {
      code: "quarantine",
      description: "Moves a rejected file to quarantine, with the verdict",
      timeoutSeconds: FUNCTION_SECONDS.quarantine,
      environment: {
        ...ledgerEnvironment(args),
        QUARANTINE_BUCKET: quarantine.bucketName,
        ARTIFACTS_BUCKET: artifacts.bucketName,
        ALERT_TOPIC_ARN: alerts.topicArn,
      },
      statements: [
        ...ledgerStatements(ledger, [...LEDGER_READ, ...LEDGER_WRITE]),
        // The copy keeps the tags of the file: without the right to read them, S3 refuses the copy of a tagged file.
        ...lake.grantRead("raw", "", { versions: true, versionLists: true, tags: true }),
        ...raw.grantDelete("", { versions: true }),
        ...lake.grantRead("quarantine", "files/"),
        ...lake.grantWrite("quarantine", "files/", { tags: true, parts: true }),
        ...lake.grantReadWrite("artifacts", "sources/"),
        ...lake.grantWrite("artifacts", "withdrawals/"),
        ...alerts.grantPublish(),
      ],
    }),
  };
}

/** Makes the function that picks up what dead executions leave behind. */
export function buildSweep(scope: Scope, args: FunctionsArgs, machine: aws.sfn.StateMachine): PlatformFunction {
  const { settings, ledger, lake } = args;
  const executions = machine.arn.apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`);
  return makeFunction(scope, args, {
    code: "sweep",
    description: "Starts files of dead executions again",
    environment: {
      ...ledgerEnvironment(args),
      STATE_MACHINE_ARN: machine.arn,
      ARTIFACTS_BUCKET: lake.zones.artifacts.bucketName,
      STALE_AFTER_SECONDS: String(settings.staleAfterSeconds),
      MAX_ATTEMPTS: String(settings.maxAttempts),
    },
    statements: [
      ...ledgerStatements(ledger, [...LEDGER_READ, "UpdateItem", "DeleteItem"]),
      ...lake.grantRead("artifacts", "contracts/"),
      { actions: ["states:StartExecution"], resources: [machine.arn] },
      { actions: ["states:DescribeExecution"], resources: [executions] },
    ],
  });
}
