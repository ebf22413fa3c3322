/** How a task loads, applies, logs and checks: from domain words to the service's settings, complete and in one order. */

import { z } from "zod";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";

/** Parts of a task that write to its log: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.Logging.html. */
export const LOG_COMPONENTS = [
  "ADDONS",
  "COMMON",
  "COMMUNICATION",
  "DATA_STRUCTURE",
  "FILE_FACTORY",
  "FILE_TRANSFER",
  "IO",
  "METADATA_MANAGER",
  "PERFORMANCE",
  "REST_SERVER",
  "SORTER",
  "SOURCE_CAPTURE",
  "SOURCE_UNLOAD",
  "TABLES_MANAGER",
  "TARGET_APPLY",
  "TARGET_LOAD",
  "TASK_MANAGER",
  "TRANSFORMATION",
  "VALIDATOR_EXT",
] as const;
type LogComponent = (typeof LOG_COMPONENTS)[number];

const SEVERITIES = {
  error: "LOGGER_SEVERITY_ERROR",
  warning: "LOGGER_SEVERITY_WARNING",
  info: "LOGGER_SEVERITY_INFO",
  default: "LOGGER_SEVERITY_DEFAULT",
  debug: "LOGGER_SEVERITY_DEBUG",
  "detailed-debug": "LOGGER_SEVERITY_DETAILED_DEBUG",
} as const;

const objectKiB = z.int().min(1).max(102_400);

const comparison = z.strictObject({
  threads: z.int().min(1).max(50).default(5).describe("Threads that compare."),
  only: z.boolean().default(false).describe("Compares without loading."),
  skipLargeObjects: z.boolean().default(false).describe("Leaves large objects out."),
});

export const tuningSettings = z
  .strictObject({
    existingTables: z
      .enum(["keep", "truncate", "drop"])
      .default("keep")
      .describe("What happens to tables that the target has already.")
      .meta({ safer: ["drop", "truncate", "keep"] }),
    largeObjects: z
      .discriminatedUnion("mode", [
        z.strictObject({ mode: z.literal("limited"), maxKiB: objectKiB.default(32).describe("The size of the cut.") }),
        z.strictObject({
          mode: z.literal("full"),
          chunkKiB: objectKiB.default(64).describe("The size of the pieces."),
          inlineMaxKiB: objectKiB.optional().describe("Objects up to this size are copied whole."),
        }),
        z.strictObject({ mode: z.literal("none") }),
      ])
      .prefault({ mode: "limited" })
      .describe("Large objects: cut at a size, whole in pieces (slow), or left out."),
    parallelTables: z.int().min(1).max(49).default(8).describe("Tables that are loaded at the same time."),
    commitRows: z.int().min(1).max(50_000).default(10_000).describe("Rows of one commit of the full load."),
    primaryKeysAfterLoad: z.boolean().default(false).describe("Adds primary keys after the load instead of before."),
    stopAfterLoad: z
      .enum(["before-changes", "after-changes"])
      .optional()
      .describe("Stops after the full load: before or after the changes that came meanwhile are applied."),
    batchApply: z.boolean().default(false).describe("Applies changes in batches instead of one transaction at a time."),
    targetSchema: z.string().default("").describe("The schema on the target; the source's when empty."),
    controlTables: z
      .strictObject({ schema: z.string().default("").describe("Their schema; DMS's own choice when empty.") })
      .optional()
      .describe("Makes tables of DMS's own on the target: status, suspended tables, history."),
    validation: z
      .union([z.boolean(), comparison])
      .optional()
      .describe(
        "Compares every row of source and target, while and after it is loaded. When unset it is on where DMS can compare both engines.",
      ),
    logging: z
      .partialRecord(
        z.enum(LOG_COMPONENTS, `parts of a task: ${LOG_COMPONENTS.join(", ")}`),
        z.enum(Object.keys(SEVERITIES) as (keyof typeof SEVERITIES)[]),
      )
      .default({})
      .describe("How much each part logs beyond the usual. Reading and writing cannot log less than that."),
    onTableError: z
      .enum(["suspend-table", "stop-task"])
      .default("suspend-table")
      .describe("What happens when a table cannot be migrated."),
    failWithoutTables: z
      .boolean()
      .default(true)
      .describe("Stops when no table is selected: a mistyped selection is an error, not an empty migration.")
      .meta({ safer: [false, true] }),
  })
  .prefault({})
  .describe("How the task loads, applies, compares and logs.");

export type TaskTuning = Settings<typeof tuningSettings>;
type ResolvedTuning = Resolved<typeof tuningSettings>;

/** Parts whose silence would hide that nothing is read or written: DMS.7 and DMS.8 of the AWS standard ask for them. */
const ALWAYS_LOGGED: readonly LogComponent[] = ["SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD"];

export interface TaskKind {
  readonly load: boolean;
  /** Whether the task captures changes. */
  readonly changes: boolean;
  /** Why DMS cannot compare rows of the two engines, if it cannot. */
  readonly comparable: string | undefined;
}

/** Checks what DMS would refuse about the settings. `at` is the beginning of the arguments' names. */
export function checkTuning(at: string, tuning: ResolvedTuning, task: TaskKind, check: ArgumentCheck): void {
  const { existingTables, validation, stopAfterLoad, batchApply, logging } = tuning;
  const need = (fits: boolean, argument: string, value: unknown, allowed: string): void =>
    check.require(fits, `${at}${argument}`, value, allowed);
  const validatesOnly = typeof validation === "object" && validation.only;
  need(
    !validatesOnly || existingTables === "keep",
    "existingTables",
    existingTables,
    "keep, where a task only validates",
  );
  need(!validation || task.comparable === undefined, "validation", validation, `false: ${task.comparable}`);
  need(
    stopAfterLoad === undefined || (task.load && task.changes),
    "stopAfterLoad",
    stopAfterLoad,
    "unset, unless the task does a full load and captures changes",
  );
  need(!batchApply || task.changes, "batchApply", batchApply, "false, where no changes are captured");
  for (const component of ALWAYS_LOGGED) {
    const severity = logging[component];
    const isQuiet = severity === "error" || severity === "warning" || severity === "info";
    need(!isQuiet, `logging.${component}`, severity, "default, debug, detailed-debug");
  }
}

/**
 * Returns every setting of a task: what is not chosen is written as the service's own default. Left out, a setting that is no
 * longer chosen would stay as it was, since neither DMS nor its provider takes an absent setting for a change.
 */
export function taskSettings(given: TaskTuning, task: { readonly validates: boolean }): string {
  const tuning = tuningSettings.parse(given);
  const wanted = tuning.validation ?? task.validates;
  const validation = typeof wanted === "object" ? wanted : comparison.parse({});
  const control = tuning.controlTables !== undefined;
  return normalisedSettings({
    TargetMetadata: {
      TargetSchema: tuning.targetSchema,
      ...largeObjectSettings(tuning.largeObjects),
      BatchApplyEnabled: tuning.batchApply,
      LoadMaxFileSize: 0,
      ParallelLoadThreads: 0,
      ParallelLoadBufferSize: 0,
      ParallelLoadQueuesPerThread: 0,
      ParallelApplyThreads: 0,
      ParallelApplyBufferSize: 0,
      ParallelApplyQueuesPerThread: 0,
      TaskRecoveryTableEnabled: false,
    },
    FullLoadSettings: {
      TargetTablePrepMode: { keep: "DO_NOTHING", truncate: "TRUNCATE_BEFORE_LOAD", drop: "DROP_AND_CREATE" }[
        tuning.existingTables
      ],
      CreatePkAfterFullLoad: tuning.primaryKeysAfterLoad,
      StopTaskCachedChangesApplied: tuning.stopAfterLoad === "after-changes",
      StopTaskCachedChangesNotApplied: tuning.stopAfterLoad === "before-changes",
      MaxFullLoadSubTasks: tuning.parallelTables,
      TransactionConsistencyTimeout: 600,
      CommitRate: tuning.commitRows,
    },
    Logging: {
      EnableLogging: true,
      EnableLogContext: false,
      LogComponents: LOG_COMPONENTS.map((Id) => ({ Id, Severity: SEVERITIES[tuning.logging[Id] ?? "default"] })),
    },
    ControlTablesSettings: {
      ControlSchema: tuning.controlTables?.schema ?? "",
      HistoryTimeslotInMinutes: 5,
      HistoryTableEnabled: control,
      SuspendedTablesTableEnabled: control,
      StatusTableEnabled: control,
      FullLoadExceptionTableEnabled: control,
    },
    StreamBufferSettings: { StreamBufferCount: 3, StreamBufferSizeInMB: 8, CtrlStreamBufferSizeInMB: 5 },
    ChangeProcessingDdlHandlingPolicy: {
      HandleSourceTableDropped: true,
      HandleSourceTableTruncated: true,
      HandleSourceTableAltered: true,
    },
    ErrorBehavior: {
      DataErrorPolicy: "LOG_ERROR",
      DataTruncationErrorPolicy: "LOG_ERROR",
      DataErrorEscalationPolicy: "SUSPEND_TABLE",
      DataErrorEscalationCount: 0,
      TableErrorPolicy: tuning.onTableError === "stop-task" ? "STOP_TASK" : "SUSPEND_TABLE",
      TableErrorEscalationPolicy: "STOP_TASK",
      TableErrorEscalationCount: 0,
      RecoverableErrorCount: -1,
      RecoverableErrorInterval: 5,
      RecoverableErrorThrottling: true,
      RecoverableErrorThrottlingMax: 1800,
      RecoverableErrorStopRetryAfterThrottlingMax: true,
      ApplyErrorDeletePolicy: "IGNORE_RECORD",
      ApplyErrorInsertPolicy: "LOG_ERROR",
      ApplyErrorUpdatePolicy: "LOG_ERROR",
      ApplyErrorEscalationPolicy: "LOG_ERROR",
      ApplyErrorEscalationCount: 0,
      ApplyErrorFailOnTruncationDdl: false,
      FullLoadIgnoreConflicts: true,
      FailOnTransactionConsistencyBreached: false,
      FailOnNoTablesCaptured: tuning.failWithoutTables,
    },
    ChangeProcessingTuning: {
      BatchApplyPreserveTransaction: true,
      BatchApplyTimeoutMin: 1,
      BatchApplyTimeoutMax: 30,
      BatchApplyMemoryLimit: 500,
      BatchSplitSize: 0,
      MinTransactionSize: 1000,
      CommitTimeout: 1,
      MemoryLimitTotal: 1024,
      MemoryKeepTime: 60,
      StatementCacheSize: 50,
    },
    ValidationSettings: {
      EnableValidation: wanted !== false,
      ValidationMode: "ROW_LEVEL",
      ThreadCount: validation.threads,
      PartitionSize: 10_000,
      FailureMaxCount: 10_000,
      RecordFailureDelayInMinutes: 5,
      RecordSuspendDelayInMinutes: 30,
      MaxKeyColumnSize: 8096,
      TableFailureMaxCount: 1000,
      ValidationOnly: validation.only,
      HandleCollationDiff: false,
      RecordFailureDelayLimitInMinutes: 0,
      SkipLobColumns: validation.skipLargeObjects,
      ValidationPartialLobSize: 0,
      ValidationQueryCdcDelaySeconds: 0,
    },
  });
}

function largeObjectSettings(objects: ResolvedTuning["largeObjects"]): object {
  return {
    SupportLobs: objects.mode !== "none",
    FullLobMode: objects.mode === "full",
    LimitedSizeLobMode: objects.mode === "limited",
    LobMaxSize: objects.mode === "limited" ? objects.maxKiB : 0,
    LobChunkSize: objects.mode === "full" ? objects.chunkKiB : 0,
    InlineLobMaxSize: (objects.mode === "full" && objects.inlineMaxKiB) || 0,
  };
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Returns one spelling of settings, whether the program or DMS wrote them: keys and log components sorted, without what DMS
 * alone may write (the log's place) and without what is null. The service's answer and what was asked for become the same text.
 */
export function normalisedSettings(settings: string | object): string {
  const parsed = (typeof settings === "string" ? JSON.parse(settings) : settings) as Json;
  return JSON.stringify(sorted(parsed));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(sorted);
    const id = (item: Json): string => String((item as { Id?: Json } | null)?.Id ?? "");
    return items.every((item) => id(item) !== "") ? [...items].sort((a, b) => (id(a) < id(b) ? -1 : 1)) : items;
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => item !== null && key !== "CloudWatchLogGroup" && key !== "CloudWatchLogStream")
      // DMS repeats one setting in a second spelling.
      .filter(([key]) => key !== "historyTimeslotInMinutes")
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
