import { ENGINES, incomparable } from "./endpoints/engines";
import type { MigrationEndpoint } from "./endpoints/arguments";
import { tableRuleProblems, type Problem, type TableRules } from "./table-mappings";
import { tuningProblems, type TaskTuning } from "./task-settings";

/** Where changes begin: with the task's own start, at a place in the source's log, or at a time (RFC 3339). */
export type ChangesFrom = "now" | { readonly position: string } | { readonly time: string };
/** Where changes end, by the clock of the server or of the commits (RFC 3339). */
export type ChangesUntil = { readonly serverTime: string } | { readonly commitTime: string };

/** One task: tables, and what to do with them. */
export interface MigrationTask extends TableRules {
  /** What is there, what changes from then on, or both. */
  readonly type: "full-load" | "full-load-and-cdc" | "cdc";
  /** Of type `cdc`, and needed there: a gap between the load and the changes loses data, so it is said. */
  readonly from?: ChangesFrom;
  /** Ends the capture of changes. The provider cannot tell DMS: see `commands`. */
  readonly until?: ChangesUntil;
  readonly tuning?: TaskTuning;
  /** Default false: assess it first. DMS starts the task when true, stops it when false again. */
  readonly running?: boolean;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?$/;
const TYPES = ["full-load", "full-load-and-cdc", "cdc"] as const;

/** What is wrong with a task between these endpoints. Pure. */
export function taskProblems(
  task: MigrationTask,
  source: MigrationEndpoint,
  target: MigrationEndpoint,
  serverless: boolean,
): Problem[] {
  const problems: Problem[] = [...tableRuleProblems(task)];
  const need = (fits: boolean, argument: string, value: unknown, allowed: string): void => {
    if (!fits) problems.push({ argument, value, allowed });
  };
  need(TYPES.includes(task.type), "type", task.type, TYPES.join(", "));
  const changes = task.type !== "full-load";
  const comparable = incomparable(source.engine, target.engine);
  for (const problem of tuningProblems(task.tuning ?? {}, { load: task.type !== "cdc", changes, comparable })) {
    problems.push({ ...problem, argument: `tuning.${problem.argument}` });
  }
  if (task.type === "cdc") startProblems(task, source, serverless, need);
  else need(task.from === undefined, "from", task.from, "unset: a task that loads starts its changes with the load");
  if (task.until) {
    const [time] = Object.values(task.until) as string[];
    need(changes, "until", task.until, "unset, where no changes are captured");
    need(RFC3339.test(time ?? ""), "until", time, "a time such as 2026-11-30T18:00:00Z");
    need(!task.running, "running", task.running, "false: the provider starts tasks without an end; see commands");
  }
  if (changes && source.engine === "s3") {
    need(source.changesFolder !== undefined, "source.changesFolder", undefined, "the folder of the changes' files");
  }
  return problems;
}

function startProblems(
  { from, running }: MigrationTask,
  source: MigrationEndpoint,
  serverless: boolean,
  need: (fits: boolean, argument: string, value: unknown, allowed: string) => void,
): void {
  const facts = ENGINES[source.engine];
  const ways = [...(facts.startNow ? ['"now"'] : []), "{ position }", ...(facts.startTime ? ["{ time }"] : [])].join(
    ", ",
  );
  need(from !== undefined, "from", from, ways);
  if (from === undefined) return;
  if (from === "now") {
    need(facts.startNow, "from", from, `${ways}: ${source.engine} has no "now"`);
    return;
  }
  need(
    !(serverless && running),
    "running",
    running,
    "false: the provider starts serverless replications without a position; see commands",
  );
  if ("time" in from) {
    need(facts.startTime, "from", from, `${ways}: ${source.engine} cannot tell the position of a time`);
    need(RFC3339.test(from.time), "from.time", from.time, "a time such as 2026-11-30T18:00:00Z");
    return;
  }
  need(from.position !== "", "from.position", from.position, "a position of the source's log");
  if (source.engine === "postgres" || source.engine === "aurora-postgresql") {
    need(source.slotName !== undefined, "source.slotName", source.slotName, "the replication slot of the position");
  }
}

/** Commands an operator runs, once the resources are there. */
export interface TaskCommands {
  /** Checks types, keys and settings of the source against DMS's limits, and writes a report. */
  readonly assess: string;
  readonly start: string;
  readonly stop: string;
}

export interface CommandPlace {
  readonly serverless: boolean;
  readonly region: string;
  readonly arn: string;
  /** Where reports go, and the role that writes them. */
  readonly bucket: string;
  readonly folder: string;
  readonly roleArn: string;
  readonly keyArn: string;
}

/** What is worth checking before a task runs, and how it is started with an end, or at a position. Pure. */
export function taskCommands(task: MigrationTask, place: CommandPlace): TaskCommands {
  const line = (verb: string, options: Readonly<Record<string, string | undefined>>): string =>
    [
      `aws dms ${verb}`,
      ...Object.entries({ ...options, region: place.region }).flatMap(([key, value]) =>
        value === undefined ? [] : [`--${key} ${shellWord(value)}`],
      ),
    ].join(" ");
  const { from, until } = task;
  const begin: { readonly position?: string; readonly time?: string } =
    from === undefined || from === "now" ? {} : from;
  const stopPosition =
    until === undefined
      ? undefined
      : "serverTime" in until
        ? `server_time:${plainTime(until.serverTime)}`
        : `commit_time:${plainTime(until.commitTime)}`;
  const which = place.serverless ? "replication-config-arn" : "replication-task-arn";
  const kind = place.serverless ? "start-replication-type" : "start-replication-task-type";
  const start: Record<string, string | undefined> = {
    [which]: place.arn,
    [kind]: "start-replication",
    "cdc-start-position": begin.position,
    "cdc-start-time": begin.time,
    "cdc-stop-position": stopPosition,
  };
  const report = {
    "service-access-role-arn": place.roleArn,
    "result-location-bucket": place.bucket,
    "result-location-folder": place.folder,
    "result-encryption-mode": "SSE_KMS",
    "result-kms-key-arn": place.keyArn,
  };
  const name = "assessment-$(date +%Y%m%d%H%M%S)";
  return {
    // A serverless replication is assessed as it starts, and does not start when it fails.
    assess: place.serverless
      ? line("start-replication", {
          ...start,
          "premigration-assessment-settings": JSON.stringify({ FailOnAssessmentFailure: true }),
        })
      : `${line("start-replication-task-assessment-run", { [which]: place.arn, ...report })} --assessment-run-name ${name}`,
    start: line(place.serverless ? "start-replication" : "start-replication-task", start),
    stop: line(place.serverless ? "stop-replication" : "stop-replication-task", { [which]: place.arn }),
  };
}

/** DMS wants times without a zone, in UTC. */
function plainTime(time: string): string {
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`;
  return new Date(zoned).toISOString().slice(0, 19);
}

const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./:@=-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
