import * as ec2 from "@aws-sdk/client-ec2";
import type { Context } from "../../handler";
import { retag, tagList, tagMap, type Tag } from "../../shape";

export const send = (ctx: Context): ec2.EC2Client => ctx.client(ec2.EC2Client);

/** EC2 says for every kind of resource in its own words that there is none. */
export async function one<T>(request: Promise<readonly T[] | undefined>): Promise<T | undefined> {
  try {
    return (await request)?.[0];
  } catch (error) {
    if (/^Invalid\w+(\.NotFound|NotFound)$|NotFound$/.test((error as Error).name)) return undefined;
    throw error;
  }
}

/** Tags of the request that creates. */
export function tagged(type: ec2.ResourceType, tags: unknown): { TagSpecifications?: ec2.TagSpecification[] } {
  const list = tagList(tags);
  return list.length > 0 ? { TagSpecifications: [{ ResourceType: type, Tags: list }] } : {};
}

export const tagsOf = (tags: readonly Tag[] | undefined): Record<string, string> => tagMap(tags);

export const retagEc2 = (
  ctx: Context,
  id: string,
  olds: { readonly tags?: unknown },
  news: { readonly tags?: unknown },
): Promise<void> =>
  retag(
    olds,
    news,
    (keys) => send(ctx).send(new ec2.DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) })),
    (tags) => send(ctx).send(new ec2.CreateTagsCommand({ Resources: [id], Tags: tagList(tags) })),
  );
