import * as sfn from "@aws-sdk/client-sfn";
import type { StateMachineArgs } from "@pulumi/aws/sfn";
import { define, type Context, type Inputs } from "../../handler";
import { fromApi, tagChanges } from "../../shape";
import { expandSyncTasks } from "./expand";

const send = (ctx: Context): sfn.SFNClient => ctx.client(sfn.SFNClient);

const logging = (inputs: Inputs<StateMachineArgs>): sfn.LoggingConfiguration | undefined => {
  const { level, includeExecutionData, logDestination } = inputs.loggingConfiguration ?? {};
  if (level === undefined) return undefined;
  return {
    level: level as sfn.LogLevel,
    includeExecutionData,
    destinations: logDestination ? [{ cloudWatchLogsLogGroup: { logGroupArn: logDestination } }] : [],
  };
};

/** Tags are spelled in lower case by this service alone. */
const tagsOf = (tags: unknown): sfn.Tag[] =>
  Object.entries((tags ?? {}) as Record<string, string>).map(([key, value]) => ({ key, value }));

export const stateMachine = define<StateMachineArgs>({
  type: "aws:sfn/stateMachine:StateMachine",
  outputs: ["arn", "creationDate", "status", "revisionId", "stateMachineVersionArn", "versionDescription"],
  changing: ["revisionId"],
  replaceOn: ["name", "namePrefix", "type"],
  defaults: { type: "STANDARD", publish: false },
  keeps: ["name", "encryptionConfiguration"],
  documents: ["definition"],
  settings: ["publish"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 80 },
  taggable: true,
  async create(ctx, inputs) {
    const wanted: sfn.CreateStateMachineInput = {
      name: inputs.name,
      definition: inputs.definition,
      roleArn: inputs.roleArn,
      type: (inputs.type ?? "STANDARD") as sfn.StateMachineType,
      loggingConfiguration: logging(inputs),
      tracingConfiguration: inputs.tracingConfiguration && { enabled: inputs.tracingConfiguration.enabled },
      encryptionConfiguration: inputs.encryptionConfiguration as sfn.EncryptionConfiguration | undefined,
      tags: tagsOf(inputs.tags),
    };
    ctx.record(sfn.SFNClient, new sfn.CreateStateMachineCommand(wanted));
    const definition = expandSyncTasks(inputs.definition);
    const { stateMachineArn = "" } = await send(ctx).send(new sfn.CreateStateMachineCommand({ ...wanted, definition }));
    return stateMachineArn;
  },
  async read(ctx, stateMachineArn, known) {
    const machine = await send(ctx).send(new sfn.DescribeStateMachineCommand({ stateMachineArn }));
    const { tags } = await send(ctx).send(new sfn.ListTagsForResourceCommand({ resourceArn: stateMachineArn }));
    const expected = known.definition === undefined ? undefined : expandSyncTasks(known.definition);
    const destination = machine.loggingConfiguration?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn;
    return {
      name: machine.name,
      arn: machine.stateMachineArn,
      // The program's own text, as long as the emulator holds what was made of it.
      definition: same(machine.definition, expected) ? known.definition : machine.definition,
      roleArn: machine.roleArn,
      type: machine.type,
      status: machine.status,
      creationDate: machine.creationDate?.toISOString(),
      revisionId: machine.revisionId,
      loggingConfiguration:
        known.loggingConfiguration && machine.loggingConfiguration?.level
          ? {
              level: machine.loggingConfiguration.level,
              includeExecutionData: machine.loggingConfiguration.includeExecutionData,
              logDestination: destination,
            }
          : known.loggingConfiguration,
      // The emulator keeps no tracing: what it does not tell stays as it was given.
      ...(machine.tracingConfiguration
        ? { tracingConfiguration: { enabled: machine.tracingConfiguration.enabled } }
        : {}),
      encryptionConfiguration:
        known.encryptionConfiguration &&
        (machine.encryptionConfiguration ? fromApi(machine.encryptionConfiguration) : known.encryptionConfiguration),
      tags: Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value])),
    };
  },
  async update(ctx, stateMachineArn, olds, news) {
    const wanted: sfn.UpdateStateMachineInput = {
      stateMachineArn,
      definition: news.definition,
      roleArn: news.roleArn,
      loggingConfiguration: logging(news) ?? (olds.loggingConfiguration && { level: "OFF" }),
      tracingConfiguration: news.tracingConfiguration && { enabled: news.tracingConfiguration.enabled },
      encryptionConfiguration: news.encryptionConfiguration as sfn.EncryptionConfiguration | undefined,
    };
    ctx.record(sfn.SFNClient, new sfn.UpdateStateMachineCommand(wanted));
    const definition = expandSyncTasks(news.definition);
    await send(ctx).send(new sfn.UpdateStateMachineCommand({ ...wanted, definition }));
    const { set, remove } = tagChanges(olds.tags, news.tags);
    if (remove.length > 0)
      await send(ctx).send(new sfn.UntagResourceCommand({ resourceArn: stateMachineArn, tagKeys: remove }));
    if (Object.keys(set).length > 0)
      await send(ctx).send(new sfn.TagResourceCommand({ resourceArn: stateMachineArn, tags: tagsOf(set) }));
  },
  async delete(ctx, stateMachineArn) {
    await send(ctx).send(new sfn.DeleteStateMachineCommand({ stateMachineArn }));
  },
});

function same(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
}
