import * as events from "@aws-sdk/client-eventbridge";
import type { EventTargetArgs } from "@pulumi/aws/cloudwatch";
import { define, type Context } from "../../handler";
import { toApi } from "../../shape";

const send = (ctx: Context): events.EventBridgeClient => ctx.client(events.EventBridgeClient);

/** The default bus goes without saying in the id of a rule. */
const ruleId = (bus: string | undefined, name: string): string => (bus && bus !== "default" ? `${bus}/${name}` : name);

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
