import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { typeInfo } from "../../../evaluate/type-facts";
import { isEmpty } from "../diff";
import { found, type Context, type Handler, type Props } from "../handler";
import { changedAttributes, fromAttributes, toAttributes } from "../types/attributes";
import { shapeAt, valueAt } from "./members";
import { asCall, fieldsOf, isGiven, Requests } from "./requests";
import type { Call, Change, Item, Read, Row } from "./row";
import { clientOf, commandOf } from "./services";
import { Tags } from "./tags";

const TAGS = new Set(["tags", "tagsAll"]);

/** The one handler of the table: its requests follow from AWS's service model, the SDK's class of the type, and the row. */
export function handlerOfRow(row: Row): Handler {
  const { inputs, outputs } = typeInfo(row.type);
  const taggable = inputs.has("tags");
  let made: Resource | undefined;
  const resource = (): Resource => (made ??= new Resource(row));
  const handler: Handler = {
    type: row.type,
    outputs: outputs.filter((name) => !["tagsAll", "region"].includes(name)),
    replaceOn:
      row.replaceOn === "all" || (row.replaceOn === undefined && !row.update)
        ? [...inputs].filter((name) => !TAGS.has(name))
        : (row.replaceOn ?? []),
    taggable,
    ...declared(row),
    create: (ctx, given, exists) => resource().create(ctx, given, exists),
    read: (ctx, id, known) => resource().read(ctx, id, known),
    ...(row.update || taggable
      ? { update: (ctx, id, olds, news, changed) => resource().update(ctx, id, olds, news, changed) }
      : {}),
    delete: (ctx, id, known) => resource().delete(ctx, id, known),
  };
  return row.wrap?.(handler) ?? handler;
}

/** What a row declares for its handler as it stands. */
const DECLARED = [
  "changing",
  "defaults",
  "keeps",
  "documents",
  "unordered",
  "settings",
  "refuses",
  "autoname",
  "deleteBeforeReplace",
  "check",
] as const satisfies readonly (keyof Handler & keyof Row)[];

const declared = (row: Row): Partial<Handler> =>
  Object.fromEntries(DECLARED.filter((name) => row[name] !== undefined).map((name) => [name, row[name]]));

class Resource {
  private readonly requests: Requests;
  private readonly tags: Tags;

  constructor(private readonly row: Row) {
    this.requests = new Requests(row);
    this.tags = new Tags(this.requests);
  }

  async create(ctx: Context, inputs: Props, exists: (id: string) => void): Promise<{ id: string; outs?: Props }> {
    const { row, requests } = this;
    const create = asCall(row.create);
    const wanted = this.prepared(inputs, ctx);
    const tags = this.tags.ofCreation(create.operation, inputs.tags);
    const params = { ...requests.build(create, ctx, wanted), ...tags, ...this.attributes(create.operation, wanted) };
    const answer = await this.send(ctx, create.operation, params);
    const outs = row.recorded?.({ ctx, inputs, hex: (length) => randomBytes(length).toString("hex").slice(0, length) });
    const id = typeof outs?.id === "string" ? outs.id : requests.idOf(ctx, inputs, answer);
    if (id === "") throw new Error(`${create.operation} was accepted, and names nothing that was made`);
    if (outs) ctx.records.add(row.type, id, { ...inputs, ...outs });
    exists(id);
    for (const change of this.changes()) {
      if (change.operation === create.operation) continue;
      const open = this.triggers(change).filter((name) => !this.takes(create.operation, name));
      const other = open.filter((name) => !same(inputs[name], row.defaults?.[name]));
      if (other.length > 0) await this.change(ctx, change, wanted, other, id);
    }
    if (tags === undefined) await this.tags.change((command) => this.pass(ctx, command), id, {}, inputs);
    const { id: _id, ...told } = outs ?? row.once?.(answer) ?? {};
    return { id, outs: told };
  }

  async read(ctx: Context, id: string, known: Props): Promise<Props | undefined> {
    const { row, requests } = this;
    const parts = requests.parts(id);
    if (row.recorded) return this.recorded(ctx, id, known, parts);
    const { item, answer } = await this.item(ctx, id, known, parts);
    if (item === undefined || item === null || row.gone?.(item, id)) return undefined;
    const call = asCall<Read>(row.read ?? "");
    const props: Props = {
      ...parts,
      ...requests.told(requests.itemShape(call.operation, call.item), item, known),
      ...(row.attributes ? fromAttributes(row.attributes, item.Attributes) : {}),
    };
    const more: unknown[] = [];
    for (const asked of (row.more ?? []).map(asCall<Read>)) {
      const params = requests.build(asked, ctx, { ...known, ...props }, id);
      more.push(await found(this.send(ctx, asked.operation, params)));
    }
    const { id: _id, ...told } = {
      ...props,
      ...(await row.computed?.({ ctx, id, item, answer, more, known, told: props })),
    };
    if (!requests.inputs.has("tags")) return told;
    const tags = await this.tags.read(ctx, id, item, { ...known, ...told });
    return tags ? { ...told, tags } : told;
  }

  /** The stack's state is the only record of what no emulator knows. */
  private recorded(ctx: Context, id: string, known: Props, parts: Props): Props {
    const held = ctx.records.learn(this.row.type, id, known);
    const { outputs } = typeInfo(this.row.type);
    const told = outputs.filter((name) => held[name] !== undefined).map((name) => [name, held[name]]);
    return { ...(held === known ? {} : held), ...parts, ...Object.fromEntries(told) };
  }

  /** The resource in the answer of the request that reads it; a list goes on until it is in it. */
  private async item(ctx: Context, id: string, known: Props, parts: Props): Promise<{ item: Item; answer: Item }> {
    const { row, requests } = this;
    const call = asCall<Read>(row.read ?? "");
    const params = requests.build(call, ctx, requests.needed(call.operation, known), id, {}, known);
    let page: Record<string, unknown> = {};
    for (;;) {
      const answer = await this.send(ctx, call.operation, { ...params, ...page });
      const held = valueAt(answer, requests.itemPlace(call.operation, call.item));
      const item = this.found(held, call, parts, id);
      page = nextPage(answer);
      if (item !== undefined || !Array.isArray(held) || Object.keys(page).length === 0) return { item, answer };
    }
  }

  async update(ctx: Context, id: string, olds: Props, news: Props, changed: ReadonlySet<string>): Promise<void> {
    const { row, requests } = this;
    const unset = { ...row.defaults, ...row.unset };
    const cleared = [...changed].filter((name) => news[name] === undefined && unset[name] !== undefined);
    const outputs = Object.fromEntries(Object.entries(olds).filter(([name]) => !requests.inputs.has(name)));
    const back = Object.fromEntries(cleared.map((name) => [name, unset[name]]));
    const wanted = { ...outputs, ...this.prepared(news, ctx), ...back };
    for (const change of this.changes()) {
      const triggers = this.triggers(change).filter((name) => changed.has(name));
      if (triggers.length > 0) await this.change(ctx, change, wanted, triggers, id, { olds, changed });
    }
    await this.tags.change((command) => this.pass(ctx, command), id, olds, news);
    if (row.recorded) ctx.records.set(row.type, id, { ...outputs, ...news });
  }

  /** The requests of a change: what it sets, or what it switches off. */
  private async change(
    ctx: Context,
    change: Change,
    wanted: Props,
    triggers: readonly string[],
    id: string,
    update?: { readonly olds: Props; readonly changed: ReadonlySet<string> },
  ): Promise<void> {
    const { requests } = this;
    const deciding = change.for ? change.for.slice(0, 1) : triggers;
    const on = change.off === undefined || deciding.some((name) => !isEmpty(wanted[name]));
    const operation = on ? change.operation : (change.off ?? change.operation);
    const { partial } = change;
    const kept = (name: string): boolean => triggers.includes(name) || !requests.inputs.has(name);
    const props = partial ? Object.fromEntries(Object.entries(wanted).filter(([name]) => kept(name))) : wanted;
    const needed = update ? requests.needed(operation, update.olds) : {};
    const params = requests.build({ ...change, operation }, ctx, { ...needed, ...props }, id, update?.olds);
    for (const more of update ? this.changedAttributes(operation, wanted, update.changed) : [{}]) {
      await this.send(ctx, operation, { ...params, ...more });
    }
  }

  async delete(ctx: Context, id: string, known: Props): Promise<void> {
    const { row, requests } = this;
    if (row.recorded) ctx.records.delete(row.type, id);
    if (row.delete === undefined || known.skipDestroy === true) return;
    const call = asCall(row.delete);
    await this.send(ctx, call.operation, requests.build(call, ctx, known, id));
  }

  private send(ctx: Context, operation: string, params: object): Promise<Record<string, unknown>> {
    return this.pass(ctx, commandOf(this.row.service, operation, params));
  }

  /** Where requests go: to the emulator, or to the check alone. */
  private async pass(ctx: Context, command: object): Promise<Record<string, unknown>> {
    const client = clientOf(this.row.service);
    if (!this.row.recorded) return ctx.client(client).send(command);
    ctx.record(client, command);
    return {};
  }

  private prepared(inputs: Props, ctx: Context): Props {
    const given = Object.fromEntries(
      Object.entries({ ...this.row.sends, ...inputs }).filter(([, value]) => isGiven(value)),
    );
    return this.row.prepare?.(given, ctx) ?? given;
  }

  private changes = (): Change[] => (this.row.update ?? []).map(asCall<Change>);

  /** The properties that a request is sent for. */
  private triggers({ operation, for: named }: Change): readonly string[] {
    if (named) return named;
    const { row, requests } = this;
    const own = new Set([...(fieldsOf(row)?.flatMap((field) => field.split("|")) ?? []), ...(row.settings ?? [])]);
    const { attributes } = row;
    if (attributes && this.attributeMember(operation)) return Object.keys(attributes);
    return requests.properties.filter((name) => !own.has(name) && requests.takes(operation, name));
  }

  private takes(operation: string, name: string): boolean {
    const { attributes = {} } = this.row;
    return name in attributes ? this.attributeMember(operation) !== undefined : this.requests.takes(operation, name);
  }

  /** How an operation takes attributes: all in a map, or a name and a value a request. */
  private attributeMember(operation: string): "all" | "one" | undefined {
    const shape = this.requests.input(operation);
    if (shapeAt(this.requests.model, shape, ["AttributeName"])) return "one";
    return shapeAt(this.requests.model, shape, ["Attributes"]) ? "all" : undefined;
  }

  private attributes(operation: string, inputs: Props): object {
    const { attributes } = this.row;
    return attributes && this.attributeMember(operation) ? { Attributes: toAttributes(attributes, inputs) } : {};
  }

  /** What is added to the requests of a change: nothing to one, or the attributes that changed. */
  private changedAttributes(operation: string, wanted: Props, changed: ReadonlySet<string>): object[] {
    const { attributes, defaults = {} } = this.row;
    const how = attributes && this.attributeMember(operation);
    if (!attributes || !how) return [{}];
    const entries = changedAttributes(attributes, wanted, defaults, changed);
    return how === "all"
      ? [{ Attributes: Object.fromEntries(entries) }]
      : entries.map(([AttributeName, AttributeValue]) => ({ AttributeName, AttributeValue }));
  }

  /** The resource among the answer's: the one with its properties or id, or the only one. */
  private found(answer: unknown, { operation, item }: Call & { item?: string }, parts: Props, id: string): Item {
    if (!Array.isArray(answer)) return answer;
    const { requests, row } = this;
    const { matches } = row;
    if (matches) return answer.find((one) => matches(one, id));
    const shape = requests.itemShape(operation, item);
    const names = fieldsOf(row) ? Object.entries(parts) : [[row.key ?? row.id.split(".").at(-1) ?? "", id] as const];
    return answer.find((one) =>
      names.every(([name, value]) => {
        const place = requests.place(shape, name) ?? [name];
        const held = valueAt(one, place);
        return held === undefined || held === value;
      }),
    );
  }
}

/** What a request for the rest of a list has more than the one before; nothing where the answer is whole. */
function nextPage(answer: Record<string, unknown>): Record<string, unknown> {
  const { NextToken, nextToken, NextMarker, Marker = NextMarker } = answer;
  return Object.fromEntries(Object.entries({ NextToken, nextToken, Marker }).filter(([, token]) => token));
}

/** Whether a value is what AWS assumes of an unset one. */
const same = (value: unknown, fallback: unknown): boolean =>
  value === undefined || isDeepStrictEqual(value, fallback) || (fallback === undefined && isEmpty(value));
