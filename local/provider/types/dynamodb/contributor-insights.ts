import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { ContributorInsightsArgs } from "@pulumi/aws/dynamodb";
import { define, type Context } from "../../handler";

interface Place {
  readonly TableName: string;
  readonly IndexName?: string;
}

/** `name:table/index:index/account`, index may be empty. */
function place(id: string): Place {
  const [, TableName = "", IndexName] = /^name:([^/]+)\/index:([^/]*)\//.exec(id) ?? [];
  return { TableName, ...(IndexName ? { IndexName } : {}) };
}

async function turn(
  ctx: Context,
  where: Place,
  action: dynamodb.ContributorInsightsAction,
  mode?: string,
): Promise<void> {
  await ctx.client(dynamodb.DynamoDBClient).send(
    new dynamodb.UpdateContributorInsightsCommand({
      ...where,
      ContributorInsightsAction: action,
      ContributorInsightsMode: mode as dynamodb.ContributorInsightsMode | undefined,
    }),
  );
}

export const contributorInsights = define<ContributorInsightsArgs>({
  type: "aws:dynamodb/contributorInsights:ContributorInsights",
  outputs: [],
  replaceOn: ["tableName", "indexName"],
  defaults: { mode: "ACCESSED_AND_THROTTLED_KEYS" },
  async create(ctx, inputs) {
    const id = `name:${inputs.tableName}/index:${inputs.indexName ?? ""}/${ctx.accountId}`;
    await turn(ctx, place(id), "ENABLE", inputs.mode);
    return id;
  },
  async read(ctx, id, known) {
    const held = await ctx
      .client(dynamodb.DynamoDBClient)
      .send(new dynamodb.DescribeContributorInsightsCommand(place(id)));
    if (held.ContributorInsightsStatus !== "ENABLED" && held.ContributorInsightsStatus !== "ENABLING") return undefined;
    return {
      tableName: held.TableName ?? place(id).TableName,
      indexName: held.IndexName ?? known.indexName,
      mode: held.ContributorInsightsMode ?? known.mode,
    };
  },
  async update(ctx, id, _olds, news) {
    await turn(ctx, place(id), "ENABLE", news.mode);
  },
  async delete(ctx, id) {
    await turn(ctx, place(id), "DISABLE");
  },
});
