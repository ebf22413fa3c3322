import { typeInfo } from "../../../evaluate/type-facts";
import { isEmpty } from "../diff";
import type { Context, Props } from "../handler";
import { serviceModels, type ServiceModel } from "../strict/models";
import { fromMember, toMember } from "./convert";
import { placeOf, putAt, shapeAt, valueAt, words, type Place, type Spelling } from "./members";
import type { Call, Row } from "./row";

/** `CreateDBProxy` → `["DB", "Proxy"]`. */
const nounOf = (row: Row): string[] => words(row.noun ?? asCall(row.create).operation).slice(row.noun ? 0 : 1);

export const asCall = <C extends Call = Call>(call: string | C): C =>
  typeof call === "string" ? ({ operation: call } as C) : call;

/** The fields of an id's template; undefined where AWS gives the id. `{name|arn}` is whichever is set. */
export const fieldsOf = (row: Row): string[] | undefined =>
  row.id.includes("{") ? [...row.id.matchAll(/\{([\w|]+)\}/g)].map(([, field = ""]) => field) : undefined;

/** Everything the model says about a row's requests, in the words of its properties. */
export class Requests {
  readonly model: ServiceModel;
  readonly properties: readonly string[];
  readonly inputs: ReadonlySet<string>;
  readonly spelling: Spelling;
  private readonly places = new Map<string, Place | undefined>();

  constructor(readonly row: Row) {
    this.model = serviceModels().of(row.service);
    const { inputs, outputs } = typeInfo(row.type);
    this.inputs = inputs;
    this.properties = [...inputs, ...outputs].filter((name) => !["tags", "tagsAll", "region"].includes(name));
    this.spelling = { names: row.names ?? {}, noun: nounOf(row), within: row.within ?? [] };
  }

  input = (operation: string): string => this.model.operations[operation]?.input?.shape ?? "";
  output = (operation: string): string => this.model.operations[operation]?.output?.shape ?? "";

  /** Where an operation takes a property. */
  place(shape: string, property: string): Place | undefined {
    const key = `${shape} ${property}`;
    if (!this.places.has(key)) this.places.set(key, placeOf(this.model, shape, property, this.spelling));
    return this.places.get(key);
  }

  takes = (operation: string, property: string): boolean => this.place(this.input(operation), property) !== undefined;

  /**
   * The request of an operation: the resource it is about, the properties it takes, and what the row adds. What AWS alone sets goes into it
   * where it says which resource is meant: where it is required.
   */
  build(
    call: Call,
    ctx: Context,
    props: Props,
    id?: string,
    olds: Props = {},
    known: Props = props,
  ): Record<string, unknown> {
    const shape = this.input(call.operation);
    const params: Record<string, unknown> = {};
    for (const property of this.properties) {
      const value = call.without?.includes(property) ? undefined : props[property];
      const place = value === undefined ? undefined : this.place(shape, property);
      const wanted =
        place && (this.inputs.has(property) || this.model.shapes[shape]?.required?.includes(place[0] ?? ""));
      if (place && wanted) this.put(params, shape, place, value, property);
    }
    if (id !== undefined) this.identify(params, shape, id);
    const fixed = typeof call.with === "function" ? call.with({ ...known, id }, ctx, params, olds) : (call.with ?? {});
    return { ...params, ...fixed };
  }

  /** The properties that a request must have to say which resource is meant. */
  needed(operation: string, known: Props): Props {
    const shape = this.input(operation);
    const required = this.model.shapes[shape]?.required ?? [];
    return Object.fromEntries(
      Object.entries(known).filter(([name]) => required.includes(this.place(shape, name)?.[0] ?? "")),
    );
  }

  private put(params: Record<string, unknown>, shape: string, place: Place, value: unknown, property: string): void {
    const member = shapeAt(this.model, shape, place) ?? "";
    putAt(params, place, toMember(this.model, member, value, property, this.spelling.names));
  }

  /** Says which resource a request is about. */
  private identify(params: Record<string, unknown>, shape: string, id: string): void {
    const fields = fieldsOf(this.row);
    if (fields) {
      for (const [field, value] of Object.entries(this.parts(id))) {
        const place = value === "" ? undefined : this.place(shape, field);
        if (place) this.put(params, shape, place, value, field);
      }
      return;
    }
    const key = this.row.key ?? this.row.id.split(".").at(-1) ?? "";
    const place = placeOf(this.model, shape, key, { names: {}, noun: [], within: [] });
    if (place) this.put(params, shape, place, id, key);
  }

  /** The properties that an id is made of. */
  parts(id: string): Record<string, string> {
    const fields = fieldsOf(this.row);
    if (!fields) return {};
    const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const pattern = this.row.id
      .split(/\{[\w|]+\}/)
      .map(literal)
      .join("(.*?)");
    const values = new RegExp(`^${pattern}$`).exec(id)?.slice(1) ?? [];
    const known = fields.map((field, index) => [field, values[index] ?? ""] as const);
    return Object.fromEntries(known.filter(([field]) => !field.includes("|") && field !== "accountId"));
  }

  idOf(ctx: Context, inputs: Props, answer: unknown): string {
    const { id } = this.row;
    if (!fieldsOf(this.row)) return String(valueAt(answer, id.split(".")) ?? "");
    const output = this.output(asCall(this.row.create).operation);
    const told = (name: string): unknown => valueAt(answer, this.place(output, name) ?? [""]);
    return id.replace(/\{([\w|]+)\}/g, (_all, field: string) => {
      const names = field.split("|");
      const given = names.find((name) => inputs[name] !== undefined);
      const value = field === "accountId" ? ctx.accountId : given ? inputs[given] : told(field);
      return String(value ?? "");
    });
  }

  /** Where the answer of a read has the resource. */
  itemPlace(operation: string, item: string | undefined): Place {
    if (item !== undefined) return item === "." ? [] : item.split(".");
    const members = Object.entries(this.model.shapes[this.output(operation)]?.members ?? {});
    const inner = (shape = ""): string | undefined =>
      this.model.shapes[this.model.shapes[shape]?.member?.shape ?? shape]?.type;
    const [only, second] = members.filter(([, { shape }]) => inner(shape) === "structure");
    return only && !second ? [only[0]] : [];
  }

  /** The shape of the resource in the answer of a read. */
  itemShape(operation: string, item: string | undefined): string {
    const shape = shapeAt(this.model, this.output(operation), this.itemPlace(operation, item)) ?? "";
    return this.model.shapes[shape]?.member?.shape ?? shape;
  }

  /** What AWS tells of the resource, in the words of its properties. */
  told(shape: string, item: unknown, known: Props): Props {
    const { forgotten = [], settings = [], cleared = [] } = this.row;
    const told = this.properties
      .filter((name) => !forgotten.includes(name) && !settings.includes(name))
      .flatMap((name): [string, unknown][] => {
        const place = this.place(shape, name);
        const value = place && valueAt(item, place);
        if (value === undefined || value === null || (cleared.includes(name) && isEmpty(value))) {
          return place && cleared.includes(name) ? [[name, undefined]] : [];
        }
        const member = shapeAt(this.model, shape, place ?? []) ?? "";
        return [[name, fromMember(this.model, member, value, known[name], name, this.spelling.names)]];
      });
    return Object.fromEntries(told);
  }
}

/** Whether the program said anything: AWS's provider takes an empty text for nothing. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "";
