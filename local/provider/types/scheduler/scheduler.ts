import * as scheduler from "@aws-sdk/client-scheduler";
import type { ScheduleArgs, ScheduleGroupArgs } from "@pulumi/aws/scheduler";
import { define, type Context, type Inputs } from "../../handler";
import { fromApi, tagChanges, tagList, tagMap, toApi, type Names } from "../../shape";

const send = (ctx: Context): scheduler.SchedulerClient => ctx.client(scheduler.SchedulerClient);

const NAMES: Names = {
  eventbridgeParameters: "EventBridgeParameters",
  sagemakerPipelineParameters: "SageMakerPipelineParameters",
};
const RETRY = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

function request(inputs: Inputs<ScheduleArgs>): Omit<scheduler.CreateScheduleInput, "Name"> {
  return {
    GroupName: inputs.groupName,
    Description: inputs.description,
    ScheduleExpression: inputs.scheduleExpression,
    ScheduleExpressionTimezone: inputs.scheduleExpressionTimezone,
    StartDate: inputs.startDate === undefined ? undefined : new Date(inputs.startDate),
    EndDate: inputs.endDate === undefined ? undefined : new Date(inputs.endDate),
    State: inputs.state as scheduler.ScheduleState | undefined,
    KmsKeyArn: inputs.kmsKeyArn,
    ActionAfterCompletion: inputs.actionAfterCompletion as scheduler.ActionAfterCompletion | undefined,
    FlexibleTimeWindow: toApi(inputs.flexibleTimeWindow),
    Target: toApi(inputs.target, NAMES),
  };
}

/** `group/name`. */
const parts = (id: string): { GroupName: string; Name: string } => {
  const [GroupName = "default", Name = ""] = id.split("/");
  return { GroupName, Name };
};

export const schedule = define<ScheduleArgs>({
  type: "aws:scheduler/schedule:Schedule",
  outputs: ["arn"],
  replaceOn: ["name", "namePrefix", "groupName"],
  defaults: {
    groupName: "default",
    state: "ENABLED",
    scheduleExpressionTimezone: "UTC",
    actionAfterCompletion: "NONE",
  },
  keeps: ["name", "groupName"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 64 },
  async create(ctx, inputs) {
    await send(ctx).send(new scheduler.CreateScheduleCommand({ Name: inputs.name, ...request(inputs) }));
    return `${inputs.groupName ?? "default"}/${inputs.name}`;
  },
  async read(ctx, id, known) {
    const held = await send(ctx).send(new scheduler.GetScheduleCommand(parts(id)));
    const target = fromApi(held.Target, NAMES);
    return {
      name: held.Name,
      groupName: held.GroupName,
      arn: held.Arn,
      description: held.Description || undefined,
      scheduleExpression: held.ScheduleExpression,
      scheduleExpressionTimezone: held.ScheduleExpressionTimezone,
      startDate: known.startDate,
      endDate: known.endDate,
      state: held.State,
      kmsKeyArn: held.KmsKeyArn,
      actionAfterCompletion: held.ActionAfterCompletion,
      flexibleTimeWindow: fromApi(held.FlexibleTimeWindow),
      // Unset, it is AWS's: a day and 185 times.
      target:
        known.target && !known.target.retryPolicy && isDefault(target.retryPolicy)
          ? { ...target, retryPolicy: undefined }
          : target,
    };
  },
  async update(ctx, id, _olds, news) {
    await send(ctx).send(new scheduler.UpdateScheduleCommand({ ...request(news), ...parts(id) }));
  },
  async delete(ctx, id) {
    await send(ctx).send(new scheduler.DeleteScheduleCommand(parts(id)));
  },
});

const isDefault = (policy: unknown): boolean => {
  const { maximumEventAgeInSeconds, maximumRetryAttempts } = {
    ...RETRY,
    ...(policy as Partial<typeof RETRY> | undefined),
  };
  return (
    maximumEventAgeInSeconds === RETRY.maximumEventAgeInSeconds && maximumRetryAttempts === RETRY.maximumRetryAttempts
  );
};

export const scheduleGroup = define<ScheduleGroupArgs>({
  type: "aws:scheduler/scheduleGroup:ScheduleGroup",
  outputs: ["arn", "creationDate", "lastModificationDate", "state"],
  replaceOn: ["name", "namePrefix"],
  keeps: ["name"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 64 },
  taggable: true,
  async create(ctx, inputs) {
    await send(ctx).send(new scheduler.CreateScheduleGroupCommand({ Name: inputs.name, Tags: tagList(inputs.tags) }));
    return inputs.name ?? "";
  },
  async read(ctx, Name) {
    const group = await send(ctx).send(new scheduler.GetScheduleGroupCommand({ Name }));
    const { Tags } = await send(ctx).send(new scheduler.ListTagsForResourceCommand({ ResourceArn: group.Arn }));
    return {
      name: group.Name,
      arn: group.Arn,
      state: group.State,
      creationDate: group.CreationDate?.toISOString(),
      lastModificationDate: group.LastModificationDate?.toISOString(),
      tags: tagMap(Tags),
    };
  },
  async update(ctx, _id, olds, news) {
    const { set, remove } = tagChanges(olds.tags, news.tags);
    const ResourceArn = String(olds.arn);
    if (remove.length > 0) await send(ctx).send(new scheduler.UntagResourceCommand({ ResourceArn, TagKeys: remove }));
    if (Object.keys(set).length > 0)
      await send(ctx).send(new scheduler.TagResourceCommand({ ResourceArn, Tags: tagList(set) }));
  },
  async delete(ctx, Name) {
    await send(ctx).send(new scheduler.DeleteScheduleGroupCommand({ Name }));
  },
});
