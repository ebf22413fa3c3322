import {
  DatabaseMigrationServiceClient,
  StartReplicationTaskCommand,
  StopReplicationTaskCommand,
  type StartReplicationTaskTypeValue,
} from "@aws-sdk/client-database-migration-service";
import type { Context, Handler, Props } from "../handler";
import { isObject } from "../../../evaluate/wire";

/** What DMS does beyond the requests of its types: tasks run, and what they use can then not be changed. */

const TASK = "aws:dms/replicationTask:ReplicationTask";

const stop = (ctx: Context, arn: unknown): void =>
  ctx.record(DatabaseMigrationServiceClient, new StopReplicationTaskCommand({ ReplicationTaskArn: String(arn) }));

const start = (ctx: Context, arn: unknown, StartReplicationTaskType: StartReplicationTaskTypeValue): void =>
  ctx.record(
    DatabaseMigrationServiceClient,
    new StartReplicationTaskCommand({ ReplicationTaskArn: String(arn), StartReplicationTaskType }),
  );

/** The tasks that use what has an ARN. */
const tasksWith = (ctx: Context, arn: unknown): Props[] =>
  [...ctx.records.of(TASK).values()].filter((task) =>
    [task.sourceEndpointArn, task.targetEndpointArn, task.replicationInstanceArn].includes(arn),
  );

/** A task that runs is stopped for a change, as by AWS's provider, and resumed. */
export const restarting = (task: Handler): Handler => ({
  ...task,
  async create(ctx, inputs, exists) {
    const made = (await task.create(ctx, inputs, exists)) as { id: string; outs: Props };
    if (inputs.startReplicationTask === true) start(ctx, made.outs.replicationTaskArn, "start-replication");
    return made;
  },
  async update(ctx, id, olds, news, changed) {
    const { replicationTaskArn: arn, startReplicationTask: ran } = olds;
    if (ran === true) stop(ctx, arn);
    await task.update?.(ctx, id, olds, news, changed);
    if (news.startReplicationTask !== true) return { status: ran === true ? "stopped" : olds.status };
    start(ctx, arn, ran === true ? "resume-processing" : "start-replication");
    return { status: "running" };
  },
  async delete(ctx, id, known) {
    if (known.startReplicationTask === true) stop(ctx, known.replicationTaskArn);
    await task.delete(ctx, id, known);
  },
});

/** An endpoint changes only while no task of it runs: they are stopped for it where the program says so, and resumed. */
export const pausing = (endpoint: Handler): Handler => ({
  ...endpoint,
  async update(ctx, id, olds, news, changed) {
    const running = tasksWith(ctx, olds.endpointArn).filter((task) => task.startReplicationTask === true);
    const arns = running.map((task) => task.replicationTaskArn);
    if (arns.length > 0 && news.pauseReplicationTasks !== true) {
      throw new Error(
        `InvalidResourceStateFault: ${id} is in use by running tasks (${arns.join(", ")}): stop them first`,
      );
    }
    for (const arn of arns) stop(ctx, arn);
    await endpoint.update?.(ctx, id, olds, news, changed);
    for (const arn of arns) start(ctx, arn, "resume-processing");
  },
});

export const heldByTasks = (instance: Handler): Handler => ({
  ...instance,
  async delete(ctx, id, known) {
    if (tasksWith(ctx, known.replicationInstanceArn).length > 0) {
      throw new Error(`InvalidResourceStateFault: ${id} still has tasks`);
    }
    await instance.delete(ctx, id, known);
  },
});

/** A serverless replication that runs cannot be changed. */
export const changedOnlyAtRest = (config: Handler): Handler => ({
  ...config,
  async update(ctx, id, olds, news, changed) {
    const others = [...changed].filter((name) => !["startReplication", "tags", "tagsAll"].includes(name));
    if (olds.startReplication && news.startReplication && others.length > 0) {
      throw new Error(
        `InvalidResourceStateFault: ${id} runs: set startReplication to false before ${others.join(", ")} change`,
      );
    }
    await config.update?.(ctx, id, olds, news, changed);
  },
});

/** What AWS's provider refuses about settings before it sends them. */
export function settingsProblems(property: string, text: unknown): { property: string; reason: string }[] {
  if (typeof text !== "string") return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // That it is no JSON at all is said of every document.
    return [];
  }
  const logging = isObject(parsed) && isObject(parsed.Logging) ? parsed.Logging : {};
  const problems = ["CloudWatchLogGroup", "CloudWatchLogStream"]
    .filter((name) => name in logging)
    .map((name) => ({ property, reason: `Logging.${name} is read-only and cannot be set` }));
  if ("EnableLogContext" in logging && logging.EnableLogging !== true) {
    problems.push({ property, reason: "Logging.EnableLogContext needs Logging.EnableLogging" });
  }
  return problems;
}

/** Table mappings need a selection that includes something. */
export function mappingProblems(text: unknown): { property: string; reason: string }[] {
  if (typeof text !== "string") return [];
  try {
    const { rules = [] } = JSON.parse(text) as { rules?: Record<string, unknown>[] };
    const selects = rules.some((rule) => rule["rule-type"] === "selection" && rule["rule-action"] !== "exclude");
    const ids = rules.map((rule) => rule["rule-id"]);
    return [
      ...(selects ? [] : [{ property: "tableMappings", reason: "no selection rule includes anything" }]),
      ...(new Set(ids).size === ids.length
        ? []
        : [{ property: "tableMappings", reason: "two rules have one rule-id" }]),
    ];
  } catch {
    return [];
  }
}
