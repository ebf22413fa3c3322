import type { Props } from "./handler";
import { isObject } from "../../evaluate/wire";

export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export const tagList = (tags: unknown): { Key: string; Value: string }[] =>
  Object.entries(isObject(tags) ? tags : {}).map(([Key, value]) => ({ Key, Value: String(value) }));

export const tagMap = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

/** Returns which tags to set and which to remove so that a resource has the new tags. */
export function tagChanges(
  olds: unknown,
  news: unknown,
): { readonly set: Record<string, string>; readonly remove: string[] } {
  const before = isObject(olds) ? olds : {};
  const after = isObject(news) ? news : {};
  const other = Object.entries(after).filter(([key, value]) => before[key] !== value);
  return {
    set: Object.fromEntries(other.map(([key, value]) => [key, String(value)])),
    remove: Object.keys(before).filter((key) => !(key in after)),
  };
}

/** Changes the tags of a resource: removes tags first, then sets tags. It sends no request if no tag changes. */
export async function retag(
  olds: { readonly tags?: unknown },
  news: { readonly tags?: unknown },
  untag: (keys: string[]) => Promise<unknown>,
  tag: (tags: Record<string, string>) => Promise<unknown>,
): Promise<void> {
  const { set, remove } = tagChanges(olds.tags, news.tags);
  if (remove.length > 0) await untag(remove);
  if (Object.keys(set).length > 0) await tag(set);
}

/**
 * Returns an input in the API's spelling: `noncurrentDays` becomes `NoncurrentDays`, and `tags` become a list of keys and values. The property
 * names of AWS's provider follow the API's.
 */
export const toApi = <T>(value: unknown): T =>
  spelled(value, (key) => key.charAt(0).toUpperCase() + key.slice(1), "tags", tagList) as T;

/** Returns the API's answer in the spelling of the inputs. */
export const fromApi = (value: unknown): Props =>
  spelled(
    value,
    (key) => key.charAt(0).toLowerCase() + key.slice(1),
    "Tags",
    (tags) => (Array.isArray(tags) ? tagMap(tags as Tag[]) : tags),
  ) as Props;

function spelled(
  value: unknown,
  spell: (key: string) => string,
  tags: string,
  tagsOf: (value: unknown) => unknown,
): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => spelled(item, spell, tags, tagsOf));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [spell(key), key === tags ? tagsOf(item) : spelled(item, spell, tags, tagsOf)]),
  );
}
