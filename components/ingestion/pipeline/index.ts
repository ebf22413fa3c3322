import type * as pulumi from "@pulumi/pulumi";
import type { CompiledContract } from "../../../contracts/compiled";
import type { DataCatalog } from "../../catalog/data-catalog";
import type { PartitionRegistrar } from "../../catalog/partition-registrar";
import type { DeadLetterQueue } from "../../core/dead-letter-queue";
import type { EncryptionKey } from "../../core/encryption-key";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import type { Protection } from "../../core/protection";
import type { Settings } from "../../core/settings";
import type { DataLake } from "../../storage/data-lake";
import { buildFlow } from "../flow";
import { flowTimes, leastLeaseSeconds } from "../flow/times";
import { buildLedger } from "../ledger";
import { buildSparkJobs, sparkStatements } from "../spark-jobs";
import { buildTriggers } from "../triggers";
import { pipelineAlarms } from "./alarms";
import { buildBus } from "./bus";
import { publishContracts, publishQuality } from "./contracts";
import {
  buildFunctions,
  buildSweep,
  sparkEngineStatements,
  FUNCTION_SECONDS,
  METRICS_NAMESPACE,
  type FunctionsArgs,
} from "./functions";
import { MAX_FLEX_WAIT_SECONDS } from "../glue-etl-job";
import { ingestionPipelineSettings } from "./settings";

export { ingestionPipelineSettings };

export interface IngestionPipelineArgs extends Settings<typeof ingestionPipelineSettings> {
  readonly lake: DataLake;
  readonly catalog: DataCatalog;
  readonly registrar: PartitionRegistrar;
  readonly key: EncryptionKey;
  /** Receives rejected files, failed runs and alarms. */
  readonly alerts: NotificationTopic;
  /** Keeps events that could not be delivered and invocations that failed; open to EventBridge. */
  readonly deadLetters: DeadLetterQueue;
  readonly contracts: readonly CompiledContract[];
  /** Name of the environment: a dimension of every metric. */
  readonly environment: string;
  readonly protection?: Protection;
}

/**
 * The ingestion flow: a file that lands in the raw zone is claimed once, its header is compared with its contract, its rows are
 * cast and written as Parquet by DuckDB in Lambda or Spark in Glue, its partitions are registered; a file that does not fit its
 * contract is quarantined with the reason. One state machine, one ledger and one set of functions serve every dataset of the
 * environment.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const alerts = new NotificationTopic("alerts", { key });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 * const registrar = new PartitionRegistrar("registrar", { lake, catalog, key, alerts });
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

  constructor(name: string, args: IngestionPipelineArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("ingestion", "IngestionPipeline", name, opts);
    const settings = this.settings(ingestionPipelineSettings, args, (given, check) => {
      const { leaseSeconds, blockedDelaySeconds, maxBlockedDelaySeconds } = given;
      const least = leastLeaseSeconds(given, FUNCTION_SECONDS);
      const why = "what the steps between two renewals of a lease take at worst";
      check.require(leaseSeconds >= least, "leaseSeconds", leaseSeconds, `${least} or more: ${why}`);
      check.require(
        maxBlockedDelaySeconds >= blockedDelaySeconds,
        "maxBlockedDelaySeconds",
        maxBlockedDelaySeconds,
        `${blockedDelaySeconds} (blockedDelaySeconds) or more`,
      );
      check.require(
        maxBlockedDelaySeconds < leaseSeconds,
        "maxBlockedDelaySeconds",
        maxBlockedDelaySeconds,
        `less than ${leaseSeconds} (leaseSeconds): an execution waits with the lease of its dataset`,
      );
      const onSpareCapacity =
        given.scheduledExecutionClass === "flex" && args.contracts.some(({ trigger }) => trigger.kind === "schedule");
      check.require(
        !onSpareCapacity || flowTimes(given, FUNCTION_SECONDS).sparkQueueSeconds >= MAX_FLEX_WAIT_SECONDS,
        "scheduledExecutionClass",
        given.scheduledExecutionClass,
        `standard with a lease of ${leaseSeconds} seconds, which leaves less than the 20 minutes that Glue waits for spare capacity`,
      );
    });
    const times = flowTimes(settings, FUNCTION_SECONDS);
    const { scope } = this;
    const { lake, catalog, registrar, key, alerts, deadLetters, contracts, environment, protection } = args;
    const { raw, artifacts } = lake.zones;

    const ledger = buildLedger(scope, { key, protection });
    const bus = buildBus(scope, { key, alerts, protection });
    const jobs = buildSparkJobs(scope, {
      key,
      artifacts,
      scheduled: contracts.filter(({ trigger }) => trigger.kind === "schedule"),
      statements: sparkEngineStatements(lake),
      // A run that outlives its lease would meet the next one: Glue ends it before.
      timeoutMinutes: times.sparkTimeoutMinutes,
      scheduledExecutionClass: settings.scheduledExecutionClass,
      workerType: settings.sparkWorkerType,
      workers: settings.sparkWorkers,
      maxConcurrentRuns: settings.maxConcurrentSparkRuns,
      logRetentionDays: settings.logRetentionDays,
    });
    const etlJobName = jobs.etl.jobName;
    const published = publishContracts(scope, contracts, artifacts, jobs.bookmarkJobs);
    publishQuality(scope, contracts, catalog);
    const parts: FunctionsArgs = {
      lake,
      catalog,
      key,
      alerts,
      deadLetters,
      environment,
      settings,
      ledger,
      bus,
      etlJobName,
    };
    const functions = buildFunctions(scope, parts);
    const machine = buildFlow(scope, {
      key,
      ledger,
      functions: {
        headerValidator: functions.headerValidator.functionArn,
        runCoordinator: functions.runCoordinator.functionArn,
        lightEtl: functions.lightEtl.functionArn,
        quarantine: functions.quarantine.functionArn,
        partitionRegistrar: registrar.functionArn,
      },
      times,
      deadLetters,
      logRetentionDays: settings.logRetentionDays,
      statements: [
        ...Object.values(functions).flatMap((fn) => fn.grantInvoke()),
        ...registrar.grantInvoke(),
        ...sparkStatements(scope, jobs),
      ],
      waitFor: [...published, ...jobs.code],
    });
    const sweep = buildSweep(scope, parts, machine);
    const { sweepEveryMinutes } = settings;
    buildTriggers(scope, { machine, raw, contracts, sweep, sweepEveryMinutes, deadLetters, key });
    pipelineAlarms(scope, alerts, {
      environment,
      longestWaitSeconds: settings.maxBlockedDelaySeconds,
      namespace: METRICS_NAMESPACE,
      stateMachineArn: machine.arn,
      deadLetterQueueName: deadLetters.queueName,
      sweepFunctionName: sweep.functionName,
      ledgerTableName: ledger.name,
    });

    this.stateMachineArn = machine.arn;
    this.ledgerTableName = ledger.name;
    this.eventBusName = bus.name;
    this.eventBusArn = bus.arn;
    this.etlJobName = etlJobName;
    this.registerOutputs({
      stateMachineArn: this.stateMachineArn,
      ledgerTableName: this.ledgerTableName,
      eventBusName: this.eventBusName,
      eventBusArn: this.eventBusArn,
      etlJobName: this.etlJobName,
    });
  }
}
