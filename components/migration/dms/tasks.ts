import { z } from "zod";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import { incomparable, startsByTime, startsNow } from "./endpoints/engines";
import type { SourceEndpoint, TargetEndpoint } from "./endpoints/settings";
import { checkTableRules, tableRuleSettings } from "./table-mappings";
import { checkTuning, tuningSettings } from "./task-settings";

const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?$/, "a time such as 2026-11-30T18:00:00Z");

const from = z
  .union([
    z.literal("now"),
    z.strictObject({ position: z.string().min(1).describe("A position of the source's log.") }),
    z.strictObject({ time: time.describe("A time, RFC 3339.") }),
  ])
  .optional()
  .describe(
    "Where changes begin: with the task's own start, at a place in the source's log, or at a time. A task of type `cdc` must say it: a gap between the load and the changes loses data.",
  );

const until = z
  .union([
    z.strictObject({ serverTime: time.describe("A time of the server's clock, RFC 3339.") }),
    z.strictObject({ commitTime: time.describe("A time of the commits, RFC 3339.") }),
  ])
  .optional()
  .describe("Ends the capture of changes. The provider cannot tell DMS: an operator runs one of `commands`.");

/** One task: tables, and what is done with them. */
export const migrationTask = z.strictObject({
  ...tableRuleSettings.shape,
  type: z
    .enum(["full-load", "full-load-and-cdc", "cdc"])
    .describe("What is migrated: the rows that are there, the changes from then on, or both."),
  from,
  until,
  tuning: tuningSettings,
  running: z
    .boolean()
    .default(false)
    .describe("DMS starts the task when true, and stops it when false again. An operator assesses it first."),
});

export type MigrationTask = Settings<typeof migrationTask>;
export type ResolvedTask = Resolved<typeof migrationTask>;

export interface TaskContext {
  readonly source: SourceEndpoint;
  readonly target: TargetEndpoint;
  readonly isServerless: boolean;
}

/** Checks a task between two endpoints; `at` is the task's argument. */
export function checkTask(at: string, task: ResolvedTask, context: TaskContext, check: ArgumentCheck): void {
  const { source, target } = context;
  const { type, from, until, running } = task;
  const changes = type !== "full-load";
  checkTableRules(`${at}.`, task, check);
  checkTuning(
    `${at}.tuning.`,
    task.tuning,
    { load: type !== "cdc", changes, comparable: incomparable(source.engine, target.engine) },
    check,
  );
  if (type === "cdc") checkStart(at, task, context, check);
  else
    check.require(from === undefined, `${at}.from`, from, "unset: a task that loads starts its changes with the load");
  if (until) {
    check.require(changes, `${at}.until`, until, "unset, where no changes are captured");
    const allowed = "false: the provider starts tasks without an end; see commands";
    check.require(!running, `${at}.running`, running, allowed);
  }
  if (changes && source.engine === "s3") {
    const { changesFolder } = source;
    check.require(
      changesFolder !== undefined,
      "source.changesFolder",
      changesFolder,
      "the folder of the changes' files",
    );
  }
}

function checkStart(
  at: string,
  { from, running }: ResolvedTask,
  { source, isServerless }: TaskContext,
  check: ArgumentCheck,
): void {
  const { engine } = source;
  const ways = [
    ...(startsNow(engine) ? ['"now"'] : []),
    "{ position }",
    ...(startsByTime(engine) ? ["{ time }"] : []),
  ].join(", ");
  check.require(from !== undefined, `${at}.from`, from, ways);
  if (from === undefined) return;
  if (from === "now") {
    check.require(startsNow(engine), `${at}.from`, from, `${ways}: ${engine} has no "now"`);
    return;
  }
  const allowed = "false: the provider starts serverless replications without a position; see commands";
  check.require(!(isServerless && running), `${at}.running`, running, allowed);
  if ("time" in from) {
    const reason = `${ways}: ${engine} cannot tell the position of a time`;
    check.require(startsByTime(engine), `${at}.from`, from, reason);
  } else if (engine === "postgres" || engine === "aurora-postgresql") {
    const { slotName } = source;
    check.require(slotName !== undefined, "source.slotName", slotName, "the replication slot of the position");
  }
}

/** Commands that an operator runs, once the resources are there. */
export interface TaskCommands {
  /** Checks types, keys and settings of the source against DMS's limits, and writes a report. */
  readonly assess: string;
  /** Starts the task, at its position and with its end where it has them. */
  readonly start: string;
  readonly stop: string;
}

export interface CommandArgs {
  readonly isServerless: boolean;
  readonly region: string;
  readonly arn: string;
  /** Where reports go, and the role that writes them. */
  readonly bucket: string;
  readonly folder: string;
  readonly roleArn: string;
  readonly keyArn: string;
}

/** Returns how a task is assessed, started with an end or at a position, and stopped. */
export function taskCommands(task: ResolvedTask, args: CommandArgs): TaskCommands {
  const line = (verb: string, options: Readonly<Record<string, string | undefined>>): string =>
    [
      `aws dms ${verb}`,
      ...Object.entries({ ...options, region: args.region }).flatMap(([key, value]) =>
        value === undefined ? [] : [`--${key} ${shellWord(value)}`],
      ),
    ].join(" ");
  const { from, until } = task;
  const begin: { readonly position?: string; readonly time?: string } = typeof from === "object" ? from : {};
  const stopPosition =
    until === undefined
      ? undefined
      : "serverTime" in until
        ? `server_time:${plainTime(until.serverTime)}`
        : `commit_time:${plainTime(until.commitTime)}`;
  const which = args.isServerless ? "replication-config-arn" : "replication-task-arn";
  const kind = args.isServerless ? "start-replication-type" : "start-replication-task-type";
  const start: Record<string, string | undefined> = {
    [which]: args.arn,
    [kind]: "start-replication",
    "cdc-start-position": begin.position,
    "cdc-start-time": begin.time,
    "cdc-stop-position": stopPosition,
  };
  const report = {
    "service-access-role-arn": args.roleArn,
    "result-location-bucket": args.bucket,
    "result-location-folder": args.folder,
    "result-encryption-mode": "SSE_KMS",
    "result-kms-key-arn": args.keyArn,
  };
  const name = "assessment-$(date +%Y%m%d%H%M%S)";
  return {
    // A serverless replication is assessed as it starts, and does not start when it fails.
    assess: args.isServerless
      ? line("start-replication", {
          ...start,
          "premigration-assessment-settings": JSON.stringify({ FailOnAssessmentFailure: true }),
        })
      : `${line("start-replication-task-assessment-run", { [which]: args.arn, ...report })} --assessment-run-name ${name}`,
    start: line(args.isServerless ? "start-replication" : "start-replication-task", start),
    stop: line(args.isServerless ? "stop-replication" : "stop-replication-task", { [which]: args.arn }),
  };
}

/** DMS takes times without a zone, in UTC. */
function plainTime(time: string): string {
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`;
  return new Date(zoned).toISOString().slice(0, 19);
}

const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./:@=-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
