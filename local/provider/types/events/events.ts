import * as events from "@aws-sdk/client-eventbridge";
import type { EventBusArgs, EventRuleArgs, EventTargetArgs } from "@pulumi/aws/cloudwatch";
import { define, type Context } from "../../handler";
import { tagChanges, tagList, tagMap, toApi } from "../../shape";

const send = (ctx: Context): events.EventBridgeClient => ctx.client(events.EventBridgeClient);

async function retag(ctx: Context, ResourceARN: string, olds: unknown, news: unknown): Promise<void> {
  const { set, remove } = tagChanges(olds, news);
  if (remove.length > 0) await send(ctx).send(new events.UntagResourceCommand({ ResourceARN, TagKeys: remove }));
  if (Object.keys(set).length > 0)
    await send(ctx).send(new events.TagResourceCommand({ ResourceARN, Tags: tagList(set) }));
}

async function tagsOf(ctx: Context, ResourceARN: string | undefined): Promise<Record<string, string>> {
  return tagMap((await send(ctx).send(new events.ListTagsForResourceCommand({ ResourceARN }))).Tags);
}

export const bus = define<EventBusArgs>({
  type: "aws:cloudwatch/eventBus:EventBus",
  outputs: ["arn"],
  replaceOn: ["name", "eventSourceName"],
  keeps: ["name"],
  autoname: { property: "name", maxLength: 256 },
  taggable: true,
  async create(ctx, inputs) {
    await send(ctx).send(
      new events.CreateEventBusCommand({
        Name: inputs.name,
        Description: inputs.description,
        KmsKeyIdentifier: inputs.kmsKeyIdentifier,
        DeadLetterConfig: inputs.deadLetterConfig && { Arn: inputs.deadLetterConfig.arn },
        Tags: tagList(inputs.tags),
      }),
    );
    return inputs.name ?? "";
  },
  async read(ctx, Name) {
    const bus = await send(ctx).send(new events.DescribeEventBusCommand({ Name }));
    return { name: bus.Name, arn: bus.Arn, tags: await tagsOf(ctx, bus.Arn) };
  },
  async update(ctx, Name, olds, news) {
    await send(ctx).send(
      new events.UpdateEventBusCommand({
        Name,
        Description: news.description,
        KmsKeyIdentifier: news.kmsKeyIdentifier,
      }),
    );
    await retag(ctx, String(olds.arn), olds.tags, news.tags);
  },
  async delete(ctx, Name) {
    await send(ctx).send(new events.DeleteEventBusCommand({ Name }));
  },
});

/** The default bus goes without saying in the id of a rule. */
const ruleId = (bus: string | undefined, name: string): string => (bus && bus !== "default" ? `${bus}/${name}` : name);

function ruleOf(id: string): { EventBusName: string | undefined; Name: string } {
  const slash = id.lastIndexOf("/");
  return slash < 0
    ? { EventBusName: undefined, Name: id }
    : { EventBusName: id.slice(0, slash), Name: id.slice(slash + 1) };
}

async function putRule(ctx: Context, inputs: Record<string, unknown>): Promise<void> {
  const rule = inputs as {
    name: string;
    eventBusName?: string;
    description?: string;
    eventPattern?: string;
    scheduleExpression?: string;
    state?: string;
    roleArn?: string;
    tags?: unknown;
  };
  await send(ctx).send(
    new events.PutRuleCommand({
      Name: rule.name,
      EventBusName: rule.eventBusName,
      Description: rule.description,
      EventPattern: rule.eventPattern,
      ScheduleExpression: rule.scheduleExpression,
      State: (rule.state ?? "ENABLED") as events.RuleState,
      RoleArn: rule.roleArn,
      Tags: tagList(rule.tags),
    }),
  );
}

export const rule = define<EventRuleArgs>({
  type: "aws:cloudwatch/eventRule:EventRule",
  outputs: ["arn"],
  replaceOn: ["name", "namePrefix", "eventBusName"],
  defaults: { state: "ENABLED", eventBusName: "default" },
  keeps: ["name"],
  documents: ["eventPattern"],
  settings: ["forceDestroy"],
  refuses: { isEnabled: "use state" },
  autoname: { property: "name", prefix: "namePrefix", maxLength: 64 },
  taggable: true,
  check(inputs) {
    return inputs.eventPattern === undefined && inputs.scheduleExpression === undefined
      ? [{ property: "eventPattern", reason: "an event pattern or a schedule expression is needed" }]
      : [];
  },
  async create(ctx, inputs) {
    await putRule(ctx, inputs);
    return ruleId(inputs.eventBusName, inputs.name ?? "");
  },
  async read(ctx, id) {
    const rule = await send(ctx).send(new events.DescribeRuleCommand(ruleOf(id)));
    return {
      name: rule.Name,
      arn: rule.Arn,
      eventBusName: rule.EventBusName ?? "default",
      description: rule.Description || undefined,
      eventPattern: rule.EventPattern || undefined,
      scheduleExpression: rule.ScheduleExpression || undefined,
      state: rule.State,
      roleArn: rule.RoleArn || undefined,
      tags: await tagsOf(ctx, rule.Arn),
    };
  },
  async update(ctx, _id, olds, news) {
    await putRule(ctx, { ...news, tags: undefined });
    await retag(ctx, String(olds.arn), olds.tags, news.tags);
  },
  async delete(ctx, id) {
    await send(ctx).send(new events.DeleteRuleCommand({ ...ruleOf(id), Force: true }));
  },
});

async function putTarget(ctx: Context, targetId: string, inputs: Record<string, unknown>): Promise<void> {
  const {
    rule,
    eventBusName,
    arn,
    roleArn,
    input,
    inputPath,
    inputTransformer,
    deadLetterConfig,
    retryPolicy,
    sqsTarget,
  } = inputs;
  const transformer = inputTransformer as { inputPaths?: Record<string, string>; inputTemplate: string } | undefined;
  const sqs = sqsTarget as { messageGroupId?: string } | undefined;
  const { FailedEntries = [] } = await send(ctx).send(
    new events.PutTargetsCommand({
      Rule: rule as string,
      EventBusName: eventBusName as string | undefined,
      Targets: [
        {
          Id: targetId,
          Arn: arn as string,
          RoleArn: roleArn as string | undefined,
          Input: input as string | undefined,
          InputPath: inputPath as string | undefined,
          InputTransformer: transformer && {
            InputPathsMap: transformer.inputPaths,
            InputTemplate: transformer.inputTemplate,
          },
          DeadLetterConfig: toApi(deadLetterConfig),
          RetryPolicy: toApi(retryPolicy),
          SqsParameters: sqs && { MessageGroupId: sqs.messageGroupId },
        },
      ],
    }),
  );
  if (FailedEntries[0]) throw new Error(`${FailedEntries[0].ErrorCode}: ${FailedEntries[0].ErrorMessage}`);
}

export const target = define<EventTargetArgs>({
  type: "aws:cloudwatch/eventTarget:EventTarget",
  outputs: [],
  replaceOn: ["rule", "eventBusName", "targetId"],
  defaults: { eventBusName: "default" },
  keeps: ["targetId"],
  documents: ["input"],
  settings: ["forceDestroy"],
  refuses: Object.fromEntries(
    [
      "ecsTarget",
      "batchTarget",
      "kinesisTarget",
      "runCommandTargets",
      "httpTarget",
      "redshiftTarget",
      "sagemakerPipelineTarget",
      "appsyncTarget",
    ].map((name) => [name, "the local cloud sends events to Step Functions, Lambda, SQS and SNS only"]),
  ),
  autoname: { property: "targetId", maxLength: 64 },
  async create(ctx, inputs) {
    const targetId = inputs.targetId ?? "";
    await putTarget(ctx, targetId, inputs);
    return `${ruleId(inputs.eventBusName, inputs.rule)}-${targetId}`;
  },
  async read(ctx, id, known) {
    const { rule, eventBusName, targetId } = known.rule === undefined ? imported(id) : known;
    const { Targets } = await send(ctx).send(
      new events.ListTargetsByRuleCommand({ Rule: rule, EventBusName: eventBusName }),
    );
    const target = Targets?.find(({ Id }) => Id === targetId);
    if (!target) return undefined;
    return {
      rule,
      eventBusName: eventBusName ?? "default",
      targetId: target.Id,
      arn: target.Arn,
      roleArn: target.RoleArn || undefined,
      input: target.Input || undefined,
      inputPath: target.InputPath || undefined,
      inputTransformer: target.InputTransformer && {
        inputPaths: target.InputTransformer.InputPathsMap,
        inputTemplate: target.InputTransformer.InputTemplate,
      },
      deadLetterConfig: target.DeadLetterConfig?.Arn ? { arn: target.DeadLetterConfig.Arn } : undefined,
      retryPolicy: target.RetryPolicy && {
        maximumEventAgeInSeconds: target.RetryPolicy.MaximumEventAgeInSeconds,
        maximumRetryAttempts: target.RetryPolicy.MaximumRetryAttempts,
      },
      sqsTarget: target.SqsParameters && { messageGroupId: target.SqsParameters.MessageGroupId },
    };
  },
  async update(ctx, _id, olds, news) {
    await putTarget(ctx, String(olds.targetId), news);
  },
  async delete(ctx, _id, known) {
    await send(ctx).send(
      new events.RemoveTargetsCommand({
        Rule: known.rule,
        EventBusName: known.eventBusName,
        Ids: [known.targetId ?? ""],
        Force: true,
      }),
    );
  },
});

/** A target is imported as `rule/target`, on another bus as `bus/rule/target`. */
function imported(id: string): { readonly rule?: string; readonly eventBusName?: string; readonly targetId?: string } {
  const [targetId, rule, ...bus] = id.split("/").reverse();
  if (rule === undefined) throw new Error(`${id} must be rule/target, or bus/rule/target`);
  return { rule, targetId, ...(bus.length > 0 ? { eventBusName: bus.reverse().join("/") } : {}) };
}
