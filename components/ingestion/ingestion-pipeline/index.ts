import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CompiledContract } from "../../../contracts/compiled";
import type { DeadLetterQueue } from "../../core/dead-letter-queue";
import type { EncryptionKey } from "../../core/encryption-key";
import type { LogRetentionDays } from "../../core/log-retention";
import { serviceRole, type Statement } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import { PlatformFunction, type PlatformFunctionArgs } from "../../core/platform-function";
import { SPARK_SCRIPT, sparkPackage } from "../../core/platform-function/spark";
import { dataProtection, type Protection } from "../../core/protection";
import type { DataCatalog } from "../../catalog/data-catalog";
import type { PartitionRegistrar } from "../../catalog/partition-registrar";
import type { DataLake } from "../../storage/data-lake";
import { GlueEtlJob } from "../glue-etl-job";
import { pipelineAlarms } from "./alarms";
import { ingestionFlow, type FlowReferences } from "./flow/definition";

export interface IngestionPipelineArgs {
  readonly lake: DataLake;
  readonly catalog: DataCatalog;
  readonly registrar: PartitionRegistrar;
  readonly key: EncryptionKey;
  /** Hears of rejected files, failed runs and alarms. */
  readonly alerts: NotificationTopic;
  /** Keeps events that could not be delivered and invocations that failed; open to EventBridge. */
  readonly deadLetters: DeadLetterQueue;
  readonly contracts: readonly CompiledContract[];
  /** Name of the environment: a dimension of every metric. */
  readonly environment: string;
  readonly protection?: Protection;
  readonly architecture?: "x86_64" | "arm64";
  /** A batch up to this size, MiB, runs on DuckDB in Lambda; a larger one on Spark in Glue. */
  readonly lightMaxMiB?: number;
  readonly lightMemoryMiB?: number;
  /** Seconds after which a run that stopped renewing its dataset's lease counts as dead. */
  readonly leaseSeconds?: number;
  /** Runs tried for a file before it is quarantined. */
  readonly maxAttempts?: number;
  readonly retryDelaySeconds?: number;
  readonly sweepEveryMinutes?: number;
  /** Age, seconds, from which a file without progress is the sweep's business. */
  readonly staleAfterSeconds?: number;
  readonly sparkWorkerType?: "G.1X" | "G.2X" | "G.4X" | "G.8X";
  readonly sparkWorkers?: number;
  readonly maxConcurrentSparkRuns?: number;
  readonly logRetentionDays?: LogRetentionDays;
}

export const INGESTION_PIPELINE_DEFAULTS = {
  architecture: "x86_64" as const,
  lightMaxMiB: 1024,
  lightMemoryMiB: 3008,
  leaseSeconds: 10800,
  maxAttempts: 3,
  retryDelaySeconds: 30,
  sweepEveryMinutes: 5,
  staleAfterSeconds: 900,
  sparkWorkerType: "G.1X" as const,
  sparkWorkers: 2,
  maxConcurrentSparkRuns: 5,
  logRetentionDays: 30,
};

/** What the definition refers to and only the deployment knows. */
type ResolvedReference = Exclude<keyof FlowReferences, "retryDelaySeconds" | "maxRoundsPerExecution">;

const METRICS_NAMESPACE = "DataPlatform";
const STATUS_INDEX = "by-status";
/** About 30 history events a round; a standard execution holds 25,000. */
const MAX_ROUNDS = 500;

/**
 * The ingestion flow: a file that lands in the raw zone is claimed once, its header held against its contract, its rows cast
 * and written as Parquet by DuckDB in Lambda or Spark in Glue, its partitions registered; what cannot be taken is quarantined
 * with the reason. One state machine, one ledger and one set of functions serve every dataset of the environment.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const alerts = new NotificationTopic("alerts", { key });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 * const registrar = new PartitionRegistrar("registrar", { lake, catalog, key });
 * const deadLetters = new DeadLetterQueue("undelivered", { key, fromEventBridge: true });
 * new IngestionPipeline("ingestion", {
 *   lake, catalog, registrar, key, alerts, deadLetters, contracts: [], environment: "dev",
 * });
 */
export class IngestionPipeline extends PlatformComponent {
  readonly stateMachineArn: pulumi.Output<string>;
  readonly ledgerTableName: pulumi.Output<string>;
  readonly eventBusName: pulumi.Output<string>;
  readonly eventBusArn: pulumi.Output<string>;
  readonly etlJobName: pulumi.Output<string>;
  private readonly args: IngestionPipelineArgs;

  constructor(name: string, args: IngestionPipelineArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("ingestion", "IngestionPipeline", name, opts);
    const settings = { ...INGESTION_PIPELINE_DEFAULTS, ...definedOnly(args) };
    this.args = args;
    this.check.integer("lightMaxMiB", settings.lightMaxMiB, 1, 8192);
    this.check.integer("leaseSeconds", settings.leaseSeconds, 120, 172_800);
    this.check.integer("maxAttempts", settings.maxAttempts, 1, 10);
    this.check.integer("retryDelaySeconds", settings.retryDelaySeconds, 0, 3600);
    this.check.integer("sweepEveryMinutes", settings.sweepEveryMinutes, 1, 1440);
    this.check.integer("staleAfterSeconds", settings.staleAfterSeconds, 10, 86_400);
    this.check.oneOf("architecture", settings.architecture, ["x86_64", "arm64"]);
    const { lake, key } = args;
    const { raw, processed, curated, quarantine, artifacts } = lake.zones;

    const ledger = this.ledger(dataProtection(args.protection));
    const bus = new aws.cloudwatch.EventBus(`${name}-bus`, { kmsKeyIdentifier: key.keyArn }, this.child());
    const script = this.sparkCode("script", "scripts/etl.py", SPARK_SCRIPT, "text/x-python");
    const sparkModules = this.sparkCode("spark-package", "scripts/glue.zip", sparkPackage(), "application/zip");
    const spark = {
      scriptLocation: pulumi.interpolate`s3://${artifacts.bucketName}/${script.key}`,
      arguments: { "--extra-py-files": pulumi.interpolate`s3://${artifacts.bucketName}/${sparkModules.key}` },
    };

    const buckets = {
      RAW_BUCKET: raw.bucketName,
      PROCESSED_BUCKET: processed.bucketName,
      CURATED_BUCKET: curated.bucketName,
      QUARANTINE_BUCKET: quarantine.bucketName,
      ARTIFACTS_BUCKET: artifacts.bucketName,
    };
    // Functions that write to the ledger also record figures.
    const ledgerEnv = {
      LEDGER_TABLE: ledger.name,
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      PLATFORM_ENVIRONMENT: args.environment,
    };
    const lightMaxBytes = String(settings.lightMaxMiB * 1024 ** 2);
    const ledgerStatements: Statement[] = [
      {
        actions: [
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
          "dynamodb:DeleteItem",
          "dynamodb:Query",
          "dynamodb:ConditionCheckItem",
          "dynamodb:BatchGetItem",
          "dynamodb:BatchWriteItem",
        ],
        resources: [ledger.arn, pulumi.interpolate`${ledger.arn}/index/*`],
      },
    ];
    const engineStatements: Statement[] = [
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

    // A run that outlives its lease would meet the next one: Glue ends it before.
    const timeoutMinutes = Math.max(1, Math.floor(settings.leaseSeconds / 60) - 5);
    // Spark: one job for all event-driven datasets, one with bookmarks for each scheduled dataset.
    const etl = new GlueEtlJob(
      `${name}-etl`,
      {
        key,
        description: "Casts a batch of CSV files by contract and writes Parquet",
        ...spark,
        statements: engineStatements,
        maxConcurrentRuns: settings.maxConcurrentSparkRuns,
        timeoutMinutes,
        workerType: settings.sparkWorkerType,
        workers: settings.sparkWorkers,
        logRetentionDays: settings.logRetentionDays,
        sparkLogsLocation: pulumi.interpolate`s3://${artifacts.bucketName}/spark-logs/`,
      },
      this.child(),
    );
    const scheduled = args.contracts.flatMap((contract) => (contract.trigger.kind === "schedule" ? [contract] : []));
    const bookmarkJobs = scheduled.map(
      (contract) =>
        new GlueEtlJob(
          `${name}-${contract.dataset}`,
          {
            key,
            description: `Scheduled runs of ${contract.dataset}, with job bookmarks`,
            ...spark,
            statements: [],
            role: etl.role,
            securityConfiguration: etl.securityConfiguration,
            bookmarks: "enable",
            timeoutMinutes,
            workerType: settings.sparkWorkerType,
            workers: settings.sparkWorkers,
            sparkLogsLocation: pulumi.interpolate`s3://${artifacts.bucketName}/spark-logs/`,
          },
          this.child(),
        ),
    );
    const contracts = this.contracts(
      new Map(scheduled.map((contract, index) => [contract.dataset, bookmarkJobs[index]?.jobName])),
    );
    for (const contract of args.contracts) {
      if (contract.quality === undefined) continue;
      new aws.glue.DataQualityRuleset(
        `${name}-${contract.dataset}-quality`,
        {
          ruleset: contract.quality,
          targetTable: { databaseName: args.catalog.databaseName, tableName: contract.dataset },
        },
        this.child(),
      );
    }

    const validator = this.fn("header-validator", "Compares a file's header with its contract", {
      environment: { ARTIFACTS_BUCKET: artifacts.bucketName },
      statements: [...lake.grantRead("raw"), ...lake.grantRead("artifacts", "contracts/")],
    });
    const coordinator = this.fn(
      "run-coordinator",
      "Queues files, plans runs one at a time a dataset, and commits them",
      {
        timeoutSeconds: 300,
        memoryMiB: 512,
        environment: {
          ...ledgerEnv,
          ...buckets,
          DATABASE_NAME: args.catalog.databaseName,
          EVENT_BUS_NAME: bus.name,
          ETL_JOB_NAME: etl.jobName,
          LIGHT_MAX_BYTES: lightMaxBytes,
          LEASE_SECONDS: String(settings.leaseSeconds),
          MAX_ATTEMPTS: String(settings.maxAttempts),
        },
        statements: [
          ...ledgerStatements,
          ...lake.grantReadWrite("artifacts"),
          ...lake.grantRead("processed"),
          ...lake.grantRead("curated"),
          ...lake.grantRead("quarantine", "rejected-rows/"),
          { actions: ["events:PutEvents"], resources: [bus.arn] },
        ],
      },
    );
    const light = this.fn("light-etl", "Casts a batch of CSV files by contract and writes Parquet, on DuckDB", {
      memoryMiB: settings.lightMemoryMiB,
      timeoutSeconds: 900,
      // Inputs, outputs and what DuckDB spills pass through /tmp.
      ephemeralStorageMiB: Math.min(10_240, Math.max(2048, settings.lightMaxMiB * 5)),
      environment: { LIGHT_MAX_BYTES: lightMaxBytes },
      statements: engineStatements,
    });
    const quarantineFn = this.fn("quarantine", "Moves a file that cannot be taken to quarantine, with the verdict", {
      timeoutSeconds: 900,
      environment: {
        ...ledgerEnv,
        QUARANTINE_BUCKET: quarantine.bucketName,
        ARTIFACTS_BUCKET: artifacts.bucketName,
        ALERT_TOPIC_ARN: args.alerts.topicArn,
      },
      statements: [
        ...ledgerStatements,
        ...lake.grantRead("raw"),
        ...raw.grantDelete("", { versions: true }),
        ...lake.grantReadWrite("quarantine", "files/"),
        ...lake.grantReadWrite("artifacts", "sources/"),
        ...lake.grantWrite("artifacts", "withdrawals/"),
        ...args.alerts.grantPublish(),
      ],
    });

    const machine = this.stateMachine(
      ledger,
      {
        headerValidator: validator.functionArn,
        runCoordinator: coordinator.functionArn,
        lightEtl: light.functionArn,
        quarantine: quarantineFn.functionArn,
        partitionRegistrar: args.registrar.functionArn,
      },
      settings.retryDelaySeconds,
      [
        ...[validator, coordinator, light, quarantineFn].flatMap((fn) => fn.grantInvoke()),
        ...args.registrar.grantInvoke(),
        ...(bookmarkJobs.length === 0 ? etl.grantRun() : etl.grantRunOfFamily(`${name}-`)),
      ],
      [...contracts, script, sparkModules],
    );

    const sweep = this.fn("sweep", "Picks up files that a dead execution left behind", {
      environment: {
        ...ledgerEnv,
        STATE_MACHINE_ARN: machine.arn,
        STALE_AFTER_SECONDS: String(settings.staleAfterSeconds),
        MAX_ATTEMPTS: String(settings.maxAttempts),
      },
      statements: [
        ...ledgerStatements,
        { actions: ["states:StartExecution"], resources: [machine.arn] },
        {
          actions: ["states:DescribeExecution"],
          resources: [machine.arn.apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`)],
        },
      ],
    });
    this.wire(machine, sweep, settings.sweepEveryMinutes, scheduled);
    pipelineAlarms(this.scope, args.alerts, {
      environment: args.environment,
      namespace: METRICS_NAMESPACE,
      stateMachineArn: machine.arn,
      deadLetterQueueName: args.deadLetters.queueName,
      sweepFunctionName: sweep.functionName,
      ledgerTableName: ledger.name,
    });

    this.stateMachineArn = machine.arn;
    this.ledgerTableName = ledger.name;
    this.eventBusName = bus.name;
    this.eventBusArn = bus.arn;
    this.etlJobName = etl.jobName;
    this.registerOutputs({
      stateMachineArn: this.stateMachineArn,
      ledgerTableName: this.ledgerTableName,
      eventBusName: this.eventBusName,
      eventBusArn: this.eventBusArn,
      etlJobName: this.etlJobName,
    });
  }

  private ledger(protection: { readonly deletionProtection: boolean; readonly protect: boolean }): aws.dynamodb.Table {
    const table = new aws.dynamodb.Table(
      `${this.name}-ledger`,
      {
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        attributes: ["pk", "sk", "status", "updatedAt"].map((name) => ({ name, type: "S" })),
        globalSecondaryIndexes: [
          { name: STATUS_INDEX, hashKey: "status", rangeKey: "updatedAt", projectionType: "ALL" },
        ],
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true, kmsKeyArn: this.args.key.keyArn },
        deletionProtectionEnabled: protection.deletionProtection,
      },
      this.mainChild({ protect: protection.protect }),
    );
    // Its keys are asked for once a file, so the busiest one tells little; one that is refused tells what stands still.
    for (const indexName of [undefined, STATUS_INDEX]) {
      new aws.dynamodb.ContributorInsights(
        `${this.name}-ledger-${indexName ?? "table"}-insights`,
        { tableName: table.name, indexName, mode: "THROTTLED_KEYS" },
        this.child(),
      );
    }
    return table;
  }

  /** Uploads a part of what both Glue and the local Spark run. */
  private sparkCode(role: string, key: string, path: string, contentType: string): aws.s3.BucketObjectv2 {
    const { bucketName, ready } = this.args.lake.zones.artifacts;
    return new aws.s3.BucketObjectv2(
      `${this.name}-${role}`,
      { bucket: bucketName, key, source: new pulumi.asset.FileAsset(path), contentType },
      this.child({ dependsOn: ready }),
    );
  }

  /**
   * One object a dataset. That of a scheduled one names its job: a function's environment ends at 4 KB, which the names of
   * some sixty jobs would fill. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
   */
  private contracts(jobs: ReadonlyMap<string, pulumi.Output<string> | undefined>): pulumi.Resource[] {
    const { bucketName, ready } = this.args.lake.zones.artifacts;
    return this.args.contracts.map((contract) => {
      const bookmarkJob = jobs.get(contract.dataset);
      return new aws.s3.BucketObjectv2(
        `${this.name}-contract-${contract.dataset}`,
        {
          bucket: bucketName,
          key: contract.contractKey,
          content: bookmarkJob ? pulumi.jsonStringify({ ...contract, bookmarkJob }) : JSON.stringify(contract),
          contentType: "application/json",
        },
        this.child({ dependsOn: ready }),
      );
    });
  }

  private fn(
    code: PlatformFunctionArgs["code"],
    description: string,
    args: Pick<
      PlatformFunctionArgs,
      "statements" | "environment" | "memoryMiB" | "timeoutSeconds" | "ephemeralStorageMiB"
    >,
  ): PlatformFunction {
    return new PlatformFunction(
      `${this.name}-${code}`,
      {
        ...args,
        code,
        description,
        key: this.args.key,
        architecture: this.args.architecture,
        logRetentionDays: this.args.logRetentionDays,
        deadLetterQueueArn: this.args.deadLetters.queueArn,
        environment: {
          ...args.environment,
          POWERTOOLS_SERVICE_NAME: code,
        },
      },
      this.child(),
    );
  }

  private stateMachine(
    ledger: aws.dynamodb.Table,
    functions: Readonly<
      Record<
        "headerValidator" | "runCoordinator" | "lightEtl" | "quarantine" | "partitionRegistrar",
        pulumi.Output<string>
      >
    >,
    retryDelaySeconds: number,
    statements: readonly Statement[],
    dependsOn: pulumi.Resource[],
  ): aws.sfn.StateMachine {
    const { key } = this.args;
    const logs = new aws.cloudwatch.LogGroup(
      `${this.name}-flow-logs`,
      {
        retentionInDays: this.args.logRetentionDays ?? INGESTION_PIPELINE_DEFAULTS.logRetentionDays,
        kmsKeyId: key.keyArn,
      },
      this.child(),
    );
    const { role, policy } = serviceRole(this.scope, "flow-role", {
      service: "states.amazonaws.com",
      description: "Runs the ingestion flow",
      sourceAccount: this.aws.accountId,
      statements: [
        ...statements,
        { actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"], resources: [ledger.arn] },
        ...key.grantEncryptDecrypt(),
        // Log delivery and tracing have no resources to name: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
        {
          actions: [
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
          ],
          resources: ["*"],
        },
      ],
    });
    const references: Record<ResolvedReference, pulumi.Output<string>> = {
      partition: this.aws.partition,
      ledgerTable: ledger.name,
      ...functions,
    };
    const definition = pulumi
      .output(references)
      .apply((refs) =>
        JSON.stringify(ingestionFlow({ ...refs, retryDelaySeconds, maxRoundsPerExecution: MAX_ROUNDS })),
      );
    return new aws.sfn.StateMachine(
      `${this.name}-flow`,
      {
        type: "STANDARD",
        definition,
        roleArn: role.arn,
        loggingConfiguration: {
          level: "ALL",
          includeExecutionData: true,
          logDestination: pulumi.interpolate`${logs.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
        encryptionConfiguration: {
          type: "CUSTOMER_MANAGED_KMS_KEY",
          kmsKeyId: key.keyArn,
          kmsDataKeyReusePeriodSeconds: 300,
        },
      },
      this.mainChild({ dependsOn: [...dependsOn, ...(policy ? [policy] : [])] }),
    );
  }

  /** What starts the state machine: files in the raw zone, the schedules of datasets, and the sweep. */
  private wire(
    machine: aws.sfn.StateMachine,
    sweep: PlatformFunction,
    sweepEveryMinutes: number,
    scheduled: readonly CompiledContract[],
  ): void {
    const { raw } = this.args.lake.zones;
    const { role: eventRole } = serviceRole(this.scope, "events-role", {
      service: "events.amazonaws.com",
      description: "Starts the ingestion flow",
      sourceAccount: this.aws.accountId,
      statements: [{ actions: ["states:StartExecution"], resources: [machine.arn] }],
    });
    const undelivered = {
      deadLetterConfig: { arn: this.args.deadLetters.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    };
    const arrived = new aws.cloudwatch.EventRule(
      `${this.name}-file-arrived`,
      {
        description: "A file landed in the raw zone",
        eventPattern: pulumi.jsonStringify({
          source: ["aws.s3"],
          "detail-type": ["Object Created"],
          detail: { bucket: { name: [raw.bucketName] }, object: { key: [{ "anything-but": { suffix: "/" } }] } },
        }),
      },
      this.child(),
    );
    new aws.cloudwatch.EventTarget(
      `${this.name}-file-arrived-target`,
      { rule: arrived.name, arn: machine.arn, roleArn: eventRole.arn, ...undelivered },
      this.child(),
    );
    for (const contract of scheduled) {
      if (contract.trigger.kind !== "schedule") continue;
      const rule = new aws.cloudwatch.EventRule(
        `${this.name}-${contract.dataset}-due`,
        { description: `The schedule of ${contract.dataset}`, scheduleExpression: contract.trigger.schedule },
        this.child(),
      );
      new aws.cloudwatch.EventTarget(
        `${this.name}-${contract.dataset}-due-target`,
        {
          rule: rule.name,
          arn: machine.arn,
          roleArn: eventRole.arn,
          input: JSON.stringify({ sweep: true, dataset: contract.dataset, contractKey: contract.contractKey }),
          ...undelivered,
        },
        this.child(),
      );
    }
    const every = new aws.cloudwatch.EventRule(
      `${this.name}-sweep-due`,
      {
        description: "Looks for files that a dead execution left behind",
        scheduleExpression: sweepEveryMinutes === 1 ? "rate(1 minute)" : `rate(${sweepEveryMinutes} minutes)`,
      },
      this.child(),
    );
    const permission = new aws.lambda.Permission(
      `${this.name}-sweep-permission`,
      {
        action: "lambda:InvokeFunction",
        function: sweep.functionName,
        principal: "events.amazonaws.com",
        sourceArn: every.arn,
      },
      this.child(),
    );
    new aws.cloudwatch.EventTarget(
      `${this.name}-sweep-due-target`,
      { rule: every.name, arn: sweep.functionArn, ...undelivered },
      this.child({ dependsOn: [permission] }),
    );
  }
}

/** The members that are given: an `undefined` must not hide a default. */
function definedOnly<T extends object>(args: T): T {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T;
}
