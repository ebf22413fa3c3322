import type { Context, Props } from "../handler";
import { tagMap, retag, type Tag } from "../shape";
import { isObject } from "../../../evaluate/wire";
import { toMember } from "./convert";
import { validate } from "../strict/validate";
import type { Requests } from "./requests";
import { clientOf, commandOf, taggingOf, type Tagging } from "./services";

/** The tags of a row's resources, by the requests of its service. */
export class Tags {
  private readonly tagging: Tagging | undefined;

  constructor(private readonly requests: Requests) {
    const { service, tags } = requests.row;
    const usual = taggingOf(service);
    this.tagging = usual || tags ? ({ ...usual, ...tags } as Tagging) : undefined;
  }

  /** The tags as the request that creates takes them; nothing where it takes none. */
  ofCreation(operation: string, tags: unknown): Record<string, unknown> | undefined {
    if (this.tagging?.later) return undefined;
    const { model, row } = this.requests;
    const members = model.shapes[this.requests.input(operation)]?.members ?? {};
    const given = isObject(tags) && Object.keys(tags).length > 0;
    if (row.tagSpecification !== undefined) {
      const Tags = Object.entries(isObject(tags) ? tags : {}).map(([Key, Value]) => ({ Key, Value: String(Value) }));
      return given ? { TagSpecifications: [{ ResourceType: row.tagSpecification, Tags }] } : {};
    }
    const member = Object.keys(members).find((name) => /^tag(s|list)$/i.test(name));
    if (member === undefined) return undefined;
    return given ? { [member]: toMember(model, members[member]?.shape ?? "", tags, "tags", {}) } : {};
  }

  /** What the resource is called in requests about its tags. */
  private named(id: string, props: Props): string {
    const { of = "id" } = this.tagging ?? {};
    return of === "id" ? id : String(props[of] ?? id);
  }

  /** A request about the tags of a resource, whose member for the resource is the first that is required. */
  private request(operation: string, name: string, tags?: readonly string[] | Props): object {
    return commandOf(this.requests.row.service, operation, this.params(operation, name, tags));
  }

  private params(operation: string, name: string, tags?: readonly string[] | Props): Record<string, unknown> {
    const { model } = this.requests;
    const shape = model.shapes[this.requests.input(operation)];
    const members = shape?.members ?? {};
    // DataSync calls the keys of tags just that.
    const isTags = (member: string): boolean => /tag|^keys$/i.test(member);
    const resource = [...(shape?.required ?? []), ...Object.keys(members)].find((member) => !isTags(member)) ?? "";
    const params: Record<string, unknown> = { [resource]: this.listed(members[resource]?.shape, name) };
    const member = Object.keys(members).find(isTags);
    if (tags !== undefined && member !== undefined) params[member] = this.value(members[member]?.shape ?? "", tags);
    return params;
  }

  /** What AWS's service model says against the requests about tags: operations and members that it does not have, or misses. */
  problems(): string[] {
    const { tagging, requests } = this;
    if (!tagging) return [`no operations are known for its tags`];
    const asked = [
      [tagging.tag, { key: "value" }],
      [tagging.untag, ["key"]],
      ...(tagging.list ? [[tagging.list, undefined]] : []),
    ] as const;
    return asked.flatMap(([operation, tags]) =>
      validate(requests.model, operation as string, this.params(operation as string, "name", tags as Props | undefined))
        .filter((problem) => /no such operation|is required|not known/.test(problem))
        .map((problem) => `tags: ${problem}`),
    );
  }

  private listed = (shape: string | undefined, name: string): unknown =>
    this.requests.model.shapes[shape ?? ""]?.type === "list" ? [name] : name;

  /** Tags to set in the service's shape, or the keys of those to remove. */
  private value(shape: string, tags: readonly string[] | Props): unknown {
    const { model } = this.requests;
    if (!Array.isArray(tags)) return toMember(model, shape, tags, "tags", {});
    const entry = model.shapes[model.shapes[shape]?.member?.shape ?? ""];
    return entry?.type === "structure" ? tags.map((Key: string) => ({ Key })) : tags;
  }

  async read(ctx: Context, id: string, item: unknown, props: Props): Promise<Props | undefined> {
    const list = this.tagging?.list;
    const own = (item as { Tags?: unknown; tags?: unknown } | undefined)?.Tags ?? (item as { tags?: unknown })?.tags;
    if (list === undefined) return this.tagging ? mapOf(own) : undefined;
    const { service } = this.requests.row;
    const answer = await ctx.client(clientOf(service)).send(this.request(list, this.named(id, props)));
    const held = Object.entries(answer).find(([name]) => /^tag/i.test(name))?.[1];
    // WAF has the list inside what it says of the resource.
    return mapOf(isObject(held) && Array.isArray(held.TagList) ? held.TagList : held);
  }

  /** Makes the tags what they should be; `send` is where requests go. */
  async change(send: (command: object) => Promise<unknown>, id: string, olds: Props, news: Props): Promise<void> {
    const { tagging } = this;
    if (!tagging) return;
    const name = this.named(id, olds);
    await retag(
      olds,
      news,
      (keys) => send(this.request(tagging.untag, name, keys)),
      (tags) => send(this.request(tagging.tag, name, tags)),
    );
  }
}

/** Tags in whichever shape a service tells them. */
function mapOf(tags: unknown): Record<string, string> {
  if (!Array.isArray(tags)) return isObject(tags) ? (tags as Record<string, string>) : {};
  const lists = tags as (Tag & { TagKey?: string; TagValue?: string; key?: string; value?: string })[];
  return tagMap(
    lists.map((one) => ({ Key: one.Key ?? one.TagKey ?? one.key, Value: one.Value ?? one.TagValue ?? one.value })),
  );
}
