import * as rds from "@aws-sdk/client-rds";
import type { EventSubscriptionArgs } from "@pulumi/aws/rds";
import { define, type Context, type Inputs } from "../../handler";
import { tagList, tagMap } from "../../shape";

type Subscription = Inputs<EventSubscriptionArgs>;

const settings = (inputs: Subscription): Omit<rds.ModifyEventSubscriptionCommandInput, "SubscriptionName"> => ({
  SnsTopicArn: inputs.snsTopic,
  SourceType: inputs.sourceType,
  EventCategories: inputs.eventCategories,
  Enabled: inputs.enabled ?? true,
});

async function make(ctx: Context, SubscriptionName: string, inputs: Subscription): Promise<void> {
  const command = new rds.CreateEventSubscriptionCommand({
    ...settings(inputs),
    SubscriptionName,
    SnsTopicArn: inputs.snsTopic,
    SourceIds: inputs.sourceIds,
    Tags: tagList(inputs.tags),
  });
  await ctx.moto(rds.RDSClient).send(command);
}

const take = (ctx: Context, SubscriptionName: string): Promise<unknown> =>
  ctx.moto(rds.RDSClient).send(new rds.DeleteEventSubscriptionCommand({ SubscriptionName }));

export const eventSubscription = define<EventSubscriptionArgs>({
  type: "aws:rds/eventSubscription:EventSubscription",
  outputs: ["arn", "customerAwsId"],
  replaceOn: ["name"],
  defaults: { enabled: true },
  keeps: ["name"],
  unordered: ["eventCategories", "sourceIds"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 255 },
  taggable: true,
  check({ sourceIds, sourceType }) {
    return sourceIds && !sourceType
      ? [{ property: "sourceType", reason: "sourceIds need the type of their source" }]
      : [];
  },
  async create(ctx, inputs) {
    await make(ctx, inputs.name ?? "", inputs);
    return inputs.name ?? "";
  },
  async read(ctx, SubscriptionName) {
    const { EventSubscriptionsList: [held] = [] } = await ctx
      .moto(rds.RDSClient)
      .send(new rds.DescribeEventSubscriptionsCommand({ SubscriptionName }));
    if (!held) return undefined;
    const arn = held.EventSubscriptionArn ?? ctx.arn("rds", `es:${SubscriptionName}`);
    const { TagList } = await ctx.moto(rds.RDSClient).send(new rds.ListTagsForResourceCommand({ ResourceName: arn }));
    return {
      name: held.CustSubscriptionId,
      arn,
      customerAwsId: held.CustomerAwsId ?? ctx.accountId,
      snsTopic: held.SnsTopicArn,
      sourceType: held.SourceType || undefined,
      eventCategories: held.EventCategoriesList?.length ? held.EventCategoriesList : undefined,
      sourceIds: held.SourceIdsList?.length ? held.SourceIdsList : undefined,
      enabled: held.Enabled ?? true,
      tags: tagMap(TagList),
    };
  },
  async update(ctx, SubscriptionName, _olds, news) {
    ctx.record(rds.RDSClient, new rds.ModifyEventSubscriptionCommand({ SubscriptionName, ...settings(news) }));
    await take(ctx, SubscriptionName);
    await make(ctx, SubscriptionName, news);
  },
  async delete(ctx, SubscriptionName) {
    await take(ctx, SubscriptionName);
  },
});
