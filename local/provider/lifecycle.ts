import { nameProblems, withName, type NamingWish } from "./autoname";
import {
  DEFAULTED,
  differences,
  isEmpty,
  normalise,
  project,
  reconcile,
  withoutUndefined,
  type Difference,
} from "./diff";
import { isGone, type Context, type Handler, type Props } from "./handler";
import type { Session } from "./session";
import { containsUnknown, isObject, isUnknown, UNKNOWN } from "../../evaluate/wire";

/** The error for a resource that exists but is incomplete. The Pulumi engine keeps the resource and updates it next time. */
export class PartlyCreated extends Error {
  constructor(
    readonly id: string,
    readonly properties: Props,
    message: string,
  ) {
    super(message);
  }
}

/** Returns AWS's own message, which begins with the name of the error. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  const text = message || (error as { Error?: { Message?: string } }).Error?.Message || "no reason given";
  return name === "Error" || name === "" || text.startsWith(name) ? text : `${name}: ${text}`;
}

export interface Checked {
  readonly inputs: Props;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

/** The operations that the Pulumi engine asks for, which work in the same way for every type. */
export class Lifecycle {
  constructor(
    protected readonly session: Session,
    protected readonly handler: Handler,
    protected readonly resource: string,
  ) {}

  check(olds: Props, news: Props, seed: Uint8Array, wish?: NamingWish): Checked {
    const { handler } = this;
    let inputs = withName(handler, this.resource, olds, withoutUndefined(news), seed, wish);
    if (handler.taggable) inputs = withDefaultTags(inputs, this.session.configuration.defaultTags);
    const refused = Object.entries(handler.refuses ?? {})
      .filter(([property]) => !isEmpty(inputs[property]))
      .map(([property, reason]) => ({ property, reason }));
    const malformed = (handler.documents ?? []).flatMap((property) => malformedDocument(property, inputs[property]));
    return {
      inputs,
      failures: [...nameProblems(handler, inputs), ...refused, ...malformed, ...(handler.check?.(inputs) ?? [])],
    };
  }

  diff(oldInputs: Props, news: Props): { readonly changes: Difference[]; readonly deleteBeforeReplace: boolean } {
    const changes = differences(this.handler, oldInputs, news);
    const { autoname, deleteBeforeReplace } = this.handler;
    // With an unchanged name, the old and the new resource cannot exist at the same time.
    const fixedName =
      autoname !== undefined &&
      !defaulted(news).includes(autoname.property) &&
      !changes.some(({ path }) => path === autoname.property);
    return { changes, deleteBeforeReplace: deleteBeforeReplace === true || fixedName };
  }

  /** Returns the state that a preview knows of a resource that does not exist yet. */
  plannedCreate(inputs: Props): Props | Promise<Props> {
    const unknown = [...this.handler.outputs, ...(this.handler.keeps ?? [])].filter(
      (name) => inputs[name] === undefined,
    );
    return this.complete({
      ...Object.fromEntries(unknown.filter((name) => !name.includes(".")).map((name) => [name, UNKNOWN])),
      ...inputs,
    });
  }

  async create(inputs: Props): Promise<{ id: string; properties: Props }> {
    const ctx = await this.context(inputs);
    let existing: string | undefined;
    try {
      const created = await this.handler.create(ctx, own(inputs), (id) => (existing = id));
      const { id, outs } = typeof created === "string" ? { id: created, outs: {} } : created;
      existing = id;
      return { id, properties: await this.state(ctx, id, { ...inputs, ...outs }) };
    } catch (error) {
      if (existing === undefined) throw error;
      throw new PartlyCreated(existing, inputs, describe(error));
    }
  }

  /** Returns the state and inputs as the emulator has them; undefined if the resource does not exist. */
  async read(
    id: string,
    inputs: Props,
    olds: Props,
  ): Promise<{ id: string; properties: Props; inputs: Props } | undefined> {
    const ctx = await this.context({ ...olds, ...inputs });
    const actual = await this.actual(ctx, id, { ...olds, ...inputs });
    if (!actual) return undefined;
    const properties = this.merged({ ...olds, ...inputs }, actual);
    const imported = Object.keys(inputs).length === 0;
    return { id, properties, inputs: imported ? this.importedInputs(actual) : this.refreshedInputs(inputs, actual) };
  }

  /** Returns the state that a preview knows of an update in place. */
  plannedUpdate(olds: Props, oldInputs: Props, news: Props): Props {
    const base = this.carried(olds, news);
    const changes = differences(this.handler, oldInputs, news);
    const changing = changes.length === 0 ? [] : (this.handler.changing ?? []);
    return this.complete({ ...base, ...Object.fromEntries(changing.map((name) => [name, UNKNOWN])) });
  }

  async update(id: string, olds: Props, oldInputs: Props, news: Props): Promise<Props> {
    const ctx = await this.context(news);
    const changed = new Set(
      differences(this.handler, oldInputs, news).map(({ path }) => /^\w+/.exec(path)?.[0] ?? path),
    );
    // A change of an input that only the provider uses (`forceDestroy`) needs no request.
    const asked = [...changed].some((name) => !this.handler.settings?.includes(name));
    const outs = asked ? await this.handler.update?.(ctx, id, olds, own(news), changed) : {};
    return this.state(ctx, id, { ...this.carried(olds, news), ...outs });
  }

  async delete(id: string, olds: Props): Promise<void> {
    try {
      await this.handler.delete(await this.context(olds), id, olds);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  protected context(props: Props): Promise<Context> {
    return this.session.context(this.resource, props.region);
  }

  private async actual(ctx: Context, id: string, known: Props): Promise<Props | undefined> {
    try {
      return await this.handler.read(ctx, id, known);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  private async state(ctx: Context, id: string, known: Props): Promise<Props> {
    const actual = await this.actual(ctx, id, known);
    if (!actual) throw new Error(`the request for ${id} was accepted, but the resource does not exist`);
    return this.merged(known, actual);
  }

  private merged(known: Props, actual: Props): Props {
    const told = Object.entries(actual).map(([name, value]) => [
      name,
      reconcile(this.handler, name, known[name], value),
    ]);
    return this.complete({ ...known, ...Object.fromEntries(told) });
  }

  /** Returns the outputs that every type has. */
  private complete(properties: Props): Props {
    const { [DEFAULTED]: _, ...state } = properties;
    return withoutUndefined({
      ...state,
      region: state.region ?? this.session.configuration.region,
      ...(this.handler.taggable ? { tagsAll: state.tags ?? {} } : {}),
    });
  }

  /** Returns the last state without the inputs that the program no longer sets. */
  private carried(olds: Props, news: Props): Props {
    const stays = new Set([...this.handler.outputs, ...(this.handler.keeps ?? [])]);
    return { ...Object.fromEntries(Object.entries(olds).filter(([name]) => stays.has(name))), ...news };
  }

  private refreshedInputs(inputs: Props, actual: Props): Props {
    const kept = Object.entries(inputs).map(([name, given]) => {
      const told = name in actual;
      return [name, told ? project(this.handler, name, given, actual[name]) : given];
    });
    return withoutUndefined({ ...this.unasked(actual, inputs), ...Object.fromEntries(kept) });
  }

  private importedInputs(actual: Props): Props {
    const { autoname } = this.handler;
    const name = autoname && actual[autoname.property] !== undefined ? { [DEFAULTED]: [autoname.property] } : {};
    const chosen = Object.fromEntries((this.handler.keeps ?? []).map((key) => [key, actual[key]]));
    return withoutUndefined({ ...this.unasked(actual, {}), ...chosen, ...name });
  }

  /** Returns the inputs that are set in the emulator but not by the program, because another client set them. */
  private unasked(actual: Props, inputs: Props): Props {
    const { outputs, keeps = [], settings = [] } = this.handler;
    const not = new Set([...outputs, ...keeps, ...settings, "tagsAll", ...Object.keys(inputs)]);
    const normal = normalise(this.handler, actual);
    const meaningless = normalise(this.handler, {});
    return Object.fromEntries(
      Object.entries(actual).filter(
        ([name, value]) =>
          !not.has(name) && !isEmpty(value) && JSON.stringify(normal[name]) !== JSON.stringify(meaningless[name]),
      ),
    );
  }
}

/** Checks a JSON document, as AWS's provider does before it sends one; the emulators accept any text. */
function malformedDocument(property: string, value: unknown): { property: string; reason: string }[] {
  if (typeof value !== "string" || value === "" || isUnknown(value)) return [];
  try {
    JSON.parse(value);
    return [];
  } catch (error) {
    return [{ property, reason: `is not JSON: ${(error as Error).message}` }];
  }
}

function withDefaultTags(inputs: Props, defaults: Readonly<Record<string, string>>): Props {
  if (Object.keys(defaults).length === 0 || isUnknown(inputs.tags)) return inputs;
  return { ...inputs, tags: { ...defaults, ...(isObject(inputs.tags) ? inputs.tags : {}) } };
}

const defaulted = (inputs: Props): readonly unknown[] => (Array.isArray(inputs[DEFAULTED]) ? inputs[DEFAULTED] : []);

function own(inputs: Props): Props {
  if (containsUnknown(inputs)) throw new Error("an input is still unknown");
  const { [DEFAULTED]: _, ...rest } = inputs;
  return rest;
}
