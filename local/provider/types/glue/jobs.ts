import * as glue from "@aws-sdk/client-glue";
import type { JobArgs } from "@pulumi/aws/glue";
import { define, type Context, type Inputs } from "../../handler";
import { tagChanges } from "../../shape";
import { BOOTSTRAP, NAME_ARGUMENT, SCRIPT_ARGUMENT, STATE_DIR_ARGUMENT, stateDirectory } from "./bootstrap";

const send = (ctx: Context): glue.GlueClient => ctx.client(glue.GlueClient);

async function retag(ctx: Context, ResourceArn: string, olds: unknown, news: unknown): Promise<void> {
  const { set, remove } = tagChanges(olds, news);
  if (remove.length > 0) await send(ctx).send(new glue.UntagResourceCommand({ ResourceArn, TagsToRemove: remove }));
  if (Object.keys(set).length > 0) await send(ctx).send(new glue.TagResourceCommand({ ResourceArn, TagsToAdd: set }));
}

const tagsOf = async (ctx: Context, ResourceArn: string): Promise<Record<string, string>> =>
  (await send(ctx).send(new glue.GetTagsCommand({ ResourceArn }))).Tags ?? {};

/** What AWS would be told. */
function jobUpdate(inputs: Inputs<JobArgs>): glue.JobUpdate & Required<Pick<glue.JobUpdate, "Role" | "Command">> {
  const { command, connections, executionProperty, notificationProperty } = inputs;
  return {
    Description: inputs.description,
    Role: inputs.roleArn,
    Command: {
      Name: command.name ?? "glueetl",
      ScriptLocation: command.scriptLocation,
      PythonVersion: command.pythonVersion,
      Runtime: command.runtime,
    },
    DefaultArguments: inputs.defaultArguments as Record<string, string> | undefined,
    NonOverridableArguments: inputs.nonOverridableArguments as Record<string, string> | undefined,
    ExecutionProperty: { MaxConcurrentRuns: executionProperty?.maxConcurrentRuns ?? 1 },
    ExecutionClass: inputs.executionClass as glue.ExecutionClass | undefined,
    NotificationProperty: notificationProperty && { NotifyDelayAfter: notificationProperty.notifyDelayAfter },
    MaxCapacity: inputs.maxCapacity,
    MaxRetries: inputs.maxRetries ?? 0,
    NumberOfWorkers: inputs.numberOfWorkers,
    WorkerType: inputs.workerType as glue.WorkerType | undefined,
    Timeout: inputs.timeout,
    GlueVersion: inputs.glueVersion,
    SecurityConfiguration: inputs.securityConfiguration,
    Connections: connections?.length ? { Connections: connections as string[] } : undefined,
  };
}

/** The emulator takes a timeout for seconds. */
const SECONDS_PER_MINUTE = 60;

/** The same so that the emulator gets the real script run: see `bridges.ts`. */
function runnable(name: string, job: ReturnType<typeof jobUpdate>): ReturnType<typeof jobUpdate> {
  const { Name, ScriptLocation = "" } = job.Command;
  if (Name !== "glueetl") return job;
  const { MaxCapacity: _, NumberOfWorkers: _workers, WorkerType: _type, ExecutionClass: _class, ...rest } = job;
  return {
    ...rest,
    Timeout: job.Timeout === undefined ? undefined : job.Timeout * SECONDS_PER_MINUTE,
    Command: { Name: "pythonshell", ScriptLocation: BOOTSTRAP, PythonVersion: "3.9" },
    DefaultArguments: {
      ...job.DefaultArguments,
      [SCRIPT_ARGUMENT]: ScriptLocation,
      [STATE_DIR_ARGUMENT]: stateDirectory(),
      [NAME_ARGUMENT]: name,
    },
  };
}

/** Kept as the program gave them: the emulator forgets them, or holds the bridge's values. */
const KEPT = [
  "description",
  "roleArn",
  "glueVersion",
  "workerType",
  "numberOfWorkers",
  "timeout",
  "maxRetries",
  "executionProperty",
  "securityConfiguration",
  "connections",
  "nonOverridableArguments",
  "executionClass",
  "notificationProperty",
] as const;

export const job = define<JobArgs>({
  type: "aws:glue/job:Job",
  outputs: ["arn"],
  replaceOn: ["name"],
  defaults: { maxRetries: 0 },
  keeps: [
    "name",
    "timeout",
    "glueVersion",
    "maxCapacity",
    "numberOfWorkers",
    "workerType",
    "executionProperty",
    "executionClass",
    "notificationProperty",
  ],
  autoname: { property: "name", maxLength: 255 },
  taggable: true,
  async create(ctx, inputs, exists) {
    const Name = inputs.name ?? "";
    const Tags = inputs.tags as Record<string, string> | undefined;
    const wanted = jobUpdate(inputs);
    ctx.record(glue.GlueClient, new glue.CreateJobCommand({ Name, ...wanted, Tags }));
    await send(ctx).send(new glue.CreateJobCommand({ Name, ...runnable(Name, wanted), Tags }));
    exists(Name);
    // The emulator keeps a new job's tags where GetTags does not look.
    await retag(ctx, ctx.arn("glue", `job/${inputs.name}`), {}, inputs.tags);
    return inputs.name ?? "";
  },
  async read(ctx, JobName, known) {
    const { Job } = await send(ctx).send(new glue.GetJobCommand({ JobName }));
    if (!Job) return undefined;
    const {
      [SCRIPT_ARGUMENT]: script,
      [STATE_DIR_ARGUMENT]: _state,
      [NAME_ARGUMENT]: _name,
      ...defaultArguments
    } = Job.DefaultArguments ?? {};
    const arn = ctx.arn("glue", `job/${JobName}`);
    return {
      name: Job.Name,
      arn,
      ...Object.fromEntries(KEPT.filter((name) => known[name] !== undefined).map((name) => [name, known[name]])),
      ...Object.fromEntries(
        Object.entries({
          glueVersion: Job.GlueVersion,
          maxRetries: Job.MaxRetries,
          securityConfiguration: Job.SecurityConfiguration,
          timeout: script && Job.Timeout !== undefined ? Job.Timeout / SECONDS_PER_MINUTE : Job.Timeout,
          executionProperty: Job.ExecutionProperty && { maxConcurrentRuns: Job.ExecutionProperty.MaxConcurrentRuns },
        }).filter(([name, held]) => held !== undefined && known[name] !== undefined),
      ),
      roleArn: Job.Role,
      description: Job.Description || undefined,
      command: {
        ...known.command,
        ...(script
          ? { name: "glueetl", scriptLocation: script }
          : { name: Job.Command?.Name, scriptLocation: Job.Command?.ScriptLocation }),
      },
      defaultArguments: Object.keys(defaultArguments).length > 0 ? defaultArguments : undefined,
      tags: await tagsOf(ctx, arn),
    };
  },
  async update(ctx, JobName, olds, news) {
    const wanted = jobUpdate(news);
    ctx.record(glue.GlueClient, new glue.UpdateJobCommand({ JobName, JobUpdate: wanted }));
    await send(ctx).send(new glue.UpdateJobCommand({ JobName, JobUpdate: runnable(JobName, wanted) }));
    await retag(ctx, String(olds.arn), olds.tags, news.tags);
  },
  async delete(ctx, JobName) {
    await send(ctx).send(new glue.DeleteJobCommand({ JobName }));
  },
});
