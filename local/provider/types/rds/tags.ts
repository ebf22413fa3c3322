import * as rds from "@aws-sdk/client-rds";
import type { Context } from "../../handler";
import { retag, tagList, tagMap } from "../../shape";

export const send = (ctx: Context): rds.RDSClient => ctx.client(rds.RDSClient);

/** The tags of any resource of RDS. */
export async function tagsOf(ctx: Context, ResourceName: string | undefined): Promise<Record<string, string>> {
  const { TagList } = await send(ctx).send(new rds.ListTagsForResourceCommand({ ResourceName }));
  return tagMap(TagList);
}

export const retagRds = (
  ctx: Context,
  ResourceName: string,
  olds: { readonly tags?: unknown },
  news: { readonly tags?: unknown },
): Promise<void> =>
  retag(
    olds,
    news,
    (TagKeys) => send(ctx).send(new rds.RemoveTagsFromResourceCommand({ ResourceName, TagKeys })),
    (tags) => send(ctx).send(new rds.AddTagsToResourceCommand({ ResourceName, Tags: tagList(tags) })),
  );
