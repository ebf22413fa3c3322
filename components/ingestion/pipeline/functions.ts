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
import { ledgerStatements } from "../ledger";
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

/** The rights of both engines: they read raw files and write tables, rejected rows and manifests. */
export function engineStatements(lake: DataLake): Statement[] {
  const { processed, curated, quarantine } = lake.zones;
  return [
    ...lake.grantRead("artifacts"),
    ...lake.grantWrite("artifacts"),
    ...lake.grantRead("raw"),
    ...lake.grantReadWrite("processed"),
    ...processed.grantDelete(),
    ...lake.grantReadWrite("curated"),
    ...curated.grantDelete(),
    ...lake.grantReadWrite("quarantine", "rejected-rows/"),
    ...quarantine.grantDelete("rejected-rows/"),
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
      statements: [...lake.grantRead("raw"), ...lake.grantRead("artifacts", "contracts/")],
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
        ...ledgerStatements(ledger),
        ...lake.grantReadWrite("artifacts"),
        ...lake.grantRead("processed"),
        ...lake.grantRead("curated"),
        ...lake.grantRead("quarantine", "rejected-rows/"),
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
      statements: engineStatements(lake),
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
        ...ledgerStatements(ledger),
        ...lake.grantRead("raw"),
        ...raw.grantDelete("", { versions: true }),
        ...lake.grantReadWrite("quarantine", "files/"),
        ...lake.grantReadWrite("artifacts", "sources/"),
        ...lake.grantWrite("artifacts", "withdrawals/"),
        ...alerts.grantPublish(),
      ],
    }),
  };
}

/** Makes the function that picks up what dead executions leave behind. */
export function buildSweep(scope: Scope, args: FunctionsArgs, machine: aws.sfn.StateMachine): PlatformFunction {
  const { settings, ledger } = args;
  const executions = machine.arn.apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`);
  return makeFunction(scope, args, {
    code: "sweep",
    description: "Starts files of dead executions again",
    environment: {
      ...ledgerEnvironment(args),
      STATE_MACHINE_ARN: machine.arn,
      STALE_AFTER_SECONDS: String(settings.staleAfterSeconds),
      MAX_ATTEMPTS: String(settings.maxAttempts),
    },
    statements: [
      ...ledgerStatements(ledger),
      { actions: ["states:StartExecution"], resources: [machine.arn] },
      { actions: ["states:DescribeExecution"], resources: [executions] },
    ],
  });
}
