import type { Problem } from "./table-mappings";

/** How a task loads, applies, logs and checks. Pure: from domain words to the service's settings, whole and in one order. */

/** Parts of a task that write to its log: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.Logging.html */
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
export type LogComponent = (typeof LOG_COMPONENTS)[number];
export type LogSeverity = "error" | "warning" | "info" | "default" | "debug" | "detailed-debug";

const SEVERITIES: Readonly<Record<LogSeverity, string>> = {
  error: "LOGGER_SEVERITY_ERROR",
  warning: "LOGGER_SEVERITY_WARNING",
  info: "LOGGER_SEVERITY_INFO",
  default: "LOGGER_SEVERITY_DEFAULT",
  debug: "LOGGER_SEVERITY_DEBUG",
  "detailed-debug": "LOGGER_SEVERITY_DETAILED_DEBUG",
};

export interface TaskTuning {
  /** What happens to tables the target has already. Default `keep`. */
  readonly existingTables?: "keep" | "truncate" | "drop";
  /** Large objects: cut at a size, whole (slow), whole up to a size and in pieces beyond it, or left out. */
  readonly largeObjects?:
    | { readonly mode: "limited"; readonly maxKiB: number }
    | { readonly mode: "full"; readonly chunkKiB?: number; readonly inlineMaxKiB?: number }
    | { readonly mode: "none" };
  /** Tables loaded at a time, 1 to 49. */
  readonly parallelTables?: number;
  /** Rows a commit of the full load, 1 to 50000. */
  readonly commitRows?: number;
  /** Adds primary keys after the load instead of before. */
  readonly primaryKeysAfterLoad?: boolean;
  /** Stops after the full load: before or after changes that came meanwhile are applied. */
  readonly stopAfterLoad?: "before-changes" | "after-changes";
  /** Applies changes in batches instead of one transaction at a time. */
  readonly batchApply?: boolean;
  /** Schema on the target instead of the source's. */
  readonly targetSchema?: string;
  /** Tables of DMS's own on the target: status, suspended tables, history. */
  readonly controlTables?: { readonly schema?: string };
  /** Compares every row of source and target, while and after it is loaded. Default: on where DMS can for both engines. */
  readonly validation?:
    boolean | { readonly threads?: number; readonly only?: boolean; readonly skipLargeObjects?: boolean };
  /** How much each part logs beyond the usual. Reading and writing cannot log less than that. */
  readonly logging?: Partial<Readonly<Record<LogComponent, LogSeverity>>>;
  /** What happens to a table that cannot be migrated. Default `suspend-table`. */
  readonly onTableError?: "suspend-table" | "stop-task";
  /** Stops when no table is selected. Default true: a mistyped selection is an error, not an empty migration. */
  readonly failWithoutTables?: boolean;
}

export const TASK_DEFAULTS = {
  existingTables: "keep" as const,
  largeObjectKiB: 32,
  chunkKiB: 64,
  parallelTables: 8,
  commitRows: 10_000,
  validationThreads: 5,
  onTableError: "suspend-table" as const,
};

/** Those whose silence would hide that nothing is read or written: what DMS.7 and DMS.8 of the AWS standard ask for. */
const ALWAYS_LOGGED: readonly LogComponent[] = ["SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD"];

const within = (value: number | undefined, minimum: number, maximum: number): boolean =>
  value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum);

/** What DMS would refuse about the settings. `changes`: the task captures changes. `comparable`: DMS can validate this pair. */
export function tuningProblems(
  tuning: TaskTuning,
  task: { readonly load: boolean; readonly changes: boolean; readonly comparable: string | undefined },
): Problem[] {
  const problems: Problem[] = [];
  const need = (fits: boolean, argument: string, value: unknown, allowed: string): void => {
    if (!fits) problems.push({ argument, value, allowed });
  };
  const { largeObjects, validation, logging = {} } = tuning;
  need(within(tuning.parallelTables, 1, 49), "parallelTables", tuning.parallelTables, "a whole number from 1 to 49");
  need(within(tuning.commitRows, 1, 50_000), "commitRows", tuning.commitRows, "a whole number from 1 to 50000");
  if (largeObjects?.mode === "limited") {
    need(within(largeObjects.maxKiB, 1, 102_400), "largeObjects.maxKiB", largeObjects.maxKiB, "1 to 102400 KiB");
  }
  if (largeObjects?.mode === "full") {
    const { chunkKiB, inlineMaxKiB } = largeObjects;
    need(within(chunkKiB, 1, 102_400), "largeObjects.chunkKiB", chunkKiB, "1 to 102400 KiB");
    need(within(inlineMaxKiB, 1, 102_400), "largeObjects.inlineMaxKiB", inlineMaxKiB, "1 to 102400 KiB");
  }
  if (typeof validation === "object") {
    need(within(validation.threads, 1, 50), "validation.threads", validation.threads, "a whole number from 1 to 50");
    const keeps = (tuning.existingTables ?? TASK_DEFAULTS.existingTables) === "keep";
    need(!validation.only || keeps, "existingTables", tuning.existingTables, "keep, where a task only validates");
  }
  need(!validation || task.comparable === undefined, "validation", validation, `false: ${task.comparable ?? ""}`);
  need(
    tuning.stopAfterLoad === undefined || (task.load && task.changes),
    "stopAfterLoad",
    tuning.stopAfterLoad,
    "unset, unless the task does a full load and captures changes",
  );
  need(!tuning.batchApply || task.changes, "batchApply", tuning.batchApply, "false, where no changes are captured");
  for (const [component, severity] of Object.entries(logging)) {
    need((LOG_COMPONENTS as readonly string[]).includes(component), "logging", component, LOG_COMPONENTS.join(", "));
    const quiet = severity === "error" || severity === "warning" || severity === "info";
    const pinned = ALWAYS_LOGGED.includes(component as LogComponent);
    need(severity in SEVERITIES, `logging.${component}`, severity, Object.keys(SEVERITIES).join(", "));
    need(!(quiet && pinned), `logging.${component}`, severity, "default, debug, detailed-debug");
  }
  return problems;
}

/**
 * Every setting of a task: what is not chosen is said as the service's own default. Left out, a setting that is no longer chosen
 * would stay as it was, since neither DMS nor its provider take an absent setting for a change.
 */
export function taskSettings(tuning: TaskTuning, task: { readonly validates: boolean }): string {
  const wanted = tuning.validation ?? task.validates;
  const validation = typeof wanted === "object" ? wanted : {};
  const control = tuning.controlTables !== undefined;
  return normalisedSettings({
    TargetMetadata: {
      TargetSchema: tuning.targetSchema ?? "",
      ...largeObjectSettings(tuning.largeObjects),
      BatchApplyEnabled: tuning.batchApply ?? false,
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
        tuning.existingTables ?? TASK_DEFAULTS.existingTables
      ],
      CreatePkAfterFullLoad: tuning.primaryKeysAfterLoad ?? false,
      StopTaskCachedChangesApplied: tuning.stopAfterLoad === "after-changes",
      StopTaskCachedChangesNotApplied: tuning.stopAfterLoad === "before-changes",
      MaxFullLoadSubTasks: tuning.parallelTables ?? TASK_DEFAULTS.parallelTables,
      TransactionConsistencyTimeout: 600,
      CommitRate: tuning.commitRows ?? TASK_DEFAULTS.commitRows,
    },
    Logging: {
      EnableLogging: true,
      EnableLogContext: false,
      LogComponents: LOG_COMPONENTS.map((Id) => ({ Id, Severity: SEVERITIES[tuning.logging?.[Id] ?? "default"] })),
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
      TableErrorPolicy:
        (tuning.onTableError ?? TASK_DEFAULTS.onTableError) === "stop-task" ? "STOP_TASK" : "SUSPEND_TABLE",
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
      FailOnNoTablesCaptured: tuning.failWithoutTables ?? true,
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
      ThreadCount: validation.threads ?? TASK_DEFAULTS.validationThreads,
      PartitionSize: 10_000,
      FailureMaxCount: 10_000,
      RecordFailureDelayInMinutes: 5,
      RecordSuspendDelayInMinutes: 30,
      MaxKeyColumnSize: 8096,
      TableFailureMaxCount: 1000,
      ValidationOnly: validation.only ?? false,
      HandleCollationDiff: false,
      RecordFailureDelayLimitInMinutes: 0,
      SkipLobColumns: validation.skipLargeObjects ?? false,
      ValidationPartialLobSize: 0,
      ValidationQueryCdcDelaySeconds: 0,
    },
  });
}

function largeObjectSettings(objects: TaskTuning["largeObjects"]): object {
  const mode = objects?.mode ?? "limited";
  return {
    SupportLobs: mode !== "none",
    FullLobMode: mode === "full",
    LimitedSizeLobMode: mode === "limited",
    LobMaxSize: objects?.mode === "limited" ? objects.maxKiB : mode === "limited" ? TASK_DEFAULTS.largeObjectKiB : 0,
    LobChunkSize: objects?.mode === "full" ? (objects.chunkKiB ?? TASK_DEFAULTS.chunkKiB) : 0,
    InlineLobMaxSize: objects?.mode === "full" ? (objects.inlineMaxKiB ?? 0) : 0,
  };
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One spelling of settings, whoever wrote them: keys and log components sorted, without what DMS alone may write (the log's
 * place) and without what is null. The service's answer and what was asked for become the same text.
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
