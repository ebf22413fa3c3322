import * as dms from "@aws-sdk/client-database-migration-service";
import type { ReplicationTaskArgs } from "@pulumi/aws/dms";
import { define, type Context, type Inputs } from "../../handler";
import { isObject } from "../../../../evaluate/wire";
import { filter, moto, start, stop, tagged } from "./moto";

type Task = Inputs<ReplicationTaskArgs>;

const settings = (inputs: Task): Omit<dms.ModifyReplicationTaskCommandInput, "ReplicationTaskArn"> => ({
  ReplicationTaskIdentifier: inputs.replicationTaskId,
  MigrationType: inputs.migrationType as dms.MigrationTypeValue,
  TableMappings: inputs.tableMappings,
  ReplicationTaskSettings: inputs.replicationTaskSettings,
  CdcStartPosition: inputs.cdcStartPosition,
  CdcStartTime: inputs.cdcStartTime === undefined ? undefined : new Date(inputs.cdcStartTime),
});

const make = (ctx: Context, inputs: Task): Promise<dms.CreateReplicationTaskCommandOutput> =>
  moto(ctx).send(
    new dms.CreateReplicationTaskCommand({
      ...settings(inputs),
      ReplicationTaskIdentifier: inputs.replicationTaskId,
      MigrationType: inputs.migrationType as dms.MigrationTypeValue,
      TableMappings: inputs.tableMappings,
      SourceEndpointArn: inputs.sourceEndpointArn,
      TargetEndpointArn: inputs.targetEndpointArn,
      ReplicationInstanceArn: inputs.replicationInstanceArn,
      ResourceIdentifier: inputs.resourceIdentifier,
      Tags: tagged(inputs.tags),
    }),
  );

async function taskOf(ctx: Context, id: string): Promise<dms.ReplicationTask | undefined> {
  const { ReplicationTasks = [] } = await moto(ctx).send(
    new dms.DescribeReplicationTasksCommand({ Filters: filter("replication-task-id", id) }),
  );
  return ReplicationTasks[0];
}

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

export const replicationTask = define<ReplicationTaskArgs>({
  type: "aws:dms/replicationTask:ReplicationTask",
  outputs: ["replicationTaskArn", "status"],
  changing: ["status"],
  replaceOn: [
    "replicationInstanceArn",
    "replicationTaskId",
    "resourceIdentifier",
    "sourceEndpointArn",
    "targetEndpointArn",
  ],
  keeps: ["cdcStartPosition", "replicationTaskSettings"],
  documents: ["replicationTaskSettings", "tableMappings"],
  taggable: true,
  check(inputs) {
    return [
      ...settingsProblems("replicationTaskSettings", inputs.replicationTaskSettings),
      ...mappingProblems(inputs.tableMappings),
      ...(inputs.cdcStartPosition !== undefined && inputs.cdcStartTime !== undefined
        ? [{ property: "cdcStartTime", reason: "conflicts with cdcStartPosition" }]
        : []),
    ];
  },
  async create(ctx, inputs, exists) {
    const { ReplicationTask: made } = await make(ctx, inputs);
    exists(inputs.replicationTaskId);
    if (inputs.startReplicationTask) await start(ctx, made?.ReplicationTaskArn ?? "", "start-replication");
    return inputs.replicationTaskId;
  },
  async read(ctx, id) {
    const held = await taskOf(ctx, id);
    if (!held) return undefined;
    return {
      replicationTaskId: held.ReplicationTaskIdentifier,
      replicationTaskArn: held.ReplicationTaskArn,
      replicationInstanceArn: held.ReplicationInstanceArn,
      sourceEndpointArn: held.SourceEndpointArn,
      targetEndpointArn: held.TargetEndpointArn,
      migrationType: held.MigrationType,
      tableMappings: held.TableMappings,
      replicationTaskSettings: held.ReplicationTaskSettings,
      startReplicationTask: held.Status === "running",
      // moto leaves a new task as it is being created.
      status: held.Status === "creating" ? "ready" : held.Status,
    };
  },
  async update(ctx, id, olds, news, changed) {
    const arn = String(olds.replicationTaskArn);
    const ran = (await taskOf(ctx, id))?.Status === "running";
    // A task that runs cannot be changed: the provider stops it first.
    if (ran) await stop(ctx, arn);
    if ([...changed].some((name) => !["startReplicationTask", "tags", "tagsAll"].includes(name))) {
      ctx.record(
        dms.DatabaseMigrationServiceClient,
        new dms.ModifyReplicationTaskCommand({ ...settings(news), ReplicationTaskArn: arn }),
      );
      await moto(ctx).send(new dms.DeleteReplicationTaskCommand({ ReplicationTaskArn: arn }));
      await make(ctx, news);
    }
    if (news.startReplicationTask) await start(ctx, arn, ran ? "resume-processing" : "start-replication");
  },
  async delete(ctx, id, known) {
    const ReplicationTaskArn = String(known.replicationTaskArn);
    if ((await taskOf(ctx, id))?.Status === "running") await stop(ctx, ReplicationTaskArn);
    await moto(ctx).send(new dms.DeleteReplicationTaskCommand({ ReplicationTaskArn }));
  },
});
