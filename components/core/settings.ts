import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { nearest, pathText, valueAt } from "../../contracts/problems";
import type { ArgumentProblem } from "./validate";

/**
 * A component says each of its settings once, in a zod object that it exports: type, default, limits, description, and `safer`
 * (which of two values protects more). Its arguments, the checks, the settings of an environment and the documentation come
 * from that object.
 */

/** What stays as it is in the types of settings. */
type Handle = pulumi.Resource | pulumi.OutputInstance<unknown> | PromiseLike<unknown> | ((...args: never[]) => unknown);
type ReadonlyDeep<T> = T extends Handle ? T : T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

/** A part of a setting that is no plain data, such as an output or another component. `type` says what it is. */
export const reference = <T>(type: string): z.ZodCustom<T, T> =>
  z.custom<T>((value) => value !== undefined && value !== null, type).meta({ reference: type });

/** A text that may come from another resource. A text that the program knows already is checked. */
export const textInput = (pattern = /./s, allowed = "a text") =>
  z
    .custom<pulumi.Input<string>>(
      (value) =>
        pulumi.Output.isInstance(value) ||
        value instanceof Promise ||
        (typeof value === "string" && pattern.test(value)),
      allowed,
    )
    .meta({ type: "string" });

/** The settings as a caller writes them: what has a default may be left out. */
export type Settings<S extends z.ZodType> = ReadonlyDeep<z.input<S>>;

/** The settings as a component reads them: every default is filled in. */
export type Resolved<S extends z.ZodType> = ReadonlyDeep<z.output<S>>;

/** The settings with their defaults, or what is wrong with them. */
export type Parsed<S extends z.ZodType> =
  | { readonly settings: Resolved<S>; readonly problems: readonly ArgumentProblem[] }
  | { readonly settings?: undefined; readonly problems: readonly ArgumentProblem[] };

/**
 * Reads the settings among a component's arguments. Where some have problems, the settings are those without the faulty
 * arguments, so that rules between the others can still be checked.
 */
export function parseSettings<S extends z.ZodObject>(schema: S, args: object): Parsed<S> {
  const known = new Set(Object.keys(schema.shape));
  const given = Object.fromEntries(Object.entries(args).filter(([key]) => known.has(key)));
  const result = schema.safeParse(given);
  if (result.success) return { settings: result.data as Resolved<S>, problems: [] };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, schema, given));
  const faulty = new Set(result.error.issues.map(({ path }) => path[0]));
  const rest = schema.safeParse(Object.fromEntries(Object.entries(given).filter(([key]) => !faulty.has(key))));
  return rest.success ? { settings: rest.data as Resolved<S>, problems } : { problems };
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, given: unknown): ArgumentProblem[] {
  const path = issue.path as (string | number)[];
  const argument = pathText(path);
  const value = valueAt(given, path);
  const nodes = nodesAt(schema, path);
  if (issue.code === "unrecognized_keys") {
    const known = nodes.flatMap((node) => namesOf(node, value));
    return issue.keys.map((key) => ({
      argument: pathText([...path, key]),
      value: valueAt(given, [...path, key]),
      allowed: `the names ${known.join(", ")}`,
      ...nearest(key, known),
    }));
  }
  if (issue.code === "invalid_key") {
    const key = issue.path.at(-1);
    return issue.issues.map(({ message }) => ({ argument: pathText(path.slice(0, -1)), value: key, allowed: message }));
  }
  if (issue.code === "invalid_union" && "options" in issue) {
    // No choice has this value of the member that tells them apart.
    const choices = (issue.options as readonly unknown[]).map(String);
    // The schema may have a reason of its own to refuse a choice.
    if (!issue.message.startsWith("Invalid ")) return [{ argument, value, allowed: issue.message }];
    return [{ argument, value, allowed: choices.join(", "), ...nearestOf(value, choices) }];
  }
  if (issue.code === "invalid_union") {
    const inside = closest(issue.errors);
    if (inside)
      return inside.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] }, schema, given));
  }
  if (issue.code === "invalid_value") {
    return [{ argument, value, allowed: issue.values.map(String).join(", "), ...nearestOf(value, issue.values) }];
  }
  if (issue.code === "invalid_format" || issue.code === "custom") return [{ argument, value, allowed: issue.message }];
  const allowed = [...new Set(nodes.map(allowedText))].join(", ");
  return [{ argument, value, allowed: allowed || issue.message }];
}

/** What is wrong with a value of a union, by the choice that fits it best. A choice of another type fits not at all. */
function closest(choices: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const fits = choices.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === "unrecognized_keys" || code === "custom"),
  );
  return fits.reduce<(typeof fits)[number] | undefined>(
    (best, issues) => (best && best.length <= issues.length ? best : issues),
    undefined,
  );
}

function nearestOf(value: unknown, choices: readonly unknown[]): { suggestion?: string } {
  if (typeof value === "string") return nearest(value, choices.map(String));
  const numbers = choices.filter((choice) => typeof choice === "number");
  if (typeof value !== "number" || numbers.length === 0) return {};
  const distance = (choice: number): number => Math.abs(choice - value);
  return {
    suggestion: String(numbers.reduce((best, choice) => (distance(choice) < distance(best) ? choice : best))),
  };
}

/** A schema without its defaults and without what makes it optional. */
export function unwrapped(node: z.ZodType): z.ZodType {
  const isWrapper =
    node instanceof z.ZodDefault ||
    node instanceof z.ZodPrefault ||
    node instanceof z.ZodOptional ||
    node instanceof z.ZodNullable;
  return isWrapper ? unwrapped(node.unwrap() as z.ZodType) : node;
}

/** The names of the members that a value of a schema may have. Of a union these are the names of the branch that the value chose. */
function namesOf(node: z.ZodType, value: unknown): string[] {
  if (node instanceof z.ZodObject) return Object.keys(node.shape);
  if (!(node instanceof z.ZodDiscriminatedUnion)) return [];
  const key = node.def.discriminator;
  const chosen = valueAt(value, [key]);
  return (node.options as z.ZodObject[])
    .filter(({ shape }) => (shape[key] as z.ZodType).safeParse(chosen).success)
    .flatMap(({ shape }) => Object.keys(shape));
}

/** The schemas at a path; several below a union. */
function nodesAt(node: z.ZodType, path: readonly (string | number)[]): z.ZodType[] {
  const inner = unwrapped(node);
  const [head, ...rest] = path;
  if (head === undefined) return [inner];
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => nodesAt(option as z.ZodType, path));
  if (inner instanceof z.ZodObject) {
    const member = (inner.shape as Readonly<Record<string, z.ZodType>>)[head];
    return member ? nodesAt(member, rest) : [];
  }
  if (inner instanceof z.ZodRecord) return nodesAt(inner.valueType as z.ZodType, rest);
  if (inner instanceof z.ZodArray) return nodesAt(inner.element as z.ZodType, rest);
  if (inner instanceof z.ZodTuple) {
    const member = inner.def.items[Number(head)] ?? inner.def.rest;
    return member ? nodesAt(member as z.ZodType, rest) : [];
  }
  return [];
}

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** What a schema accepts, in words. */
const allowedText = (node: z.ZodType): string =>
  inWords(z.toJSONSchema(node, { io: "input", unrepresentable: "any" }) as JsonSchema);

function inWords(schema: JsonSchema): string {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return [...new Set(branches.map(inWords))].join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(String).join(", ");
  switch (schema.type) {
    case "integer":
      return `a whole number${between(schema.minimum, schema.maximum)}`;
    case "number":
      return `a number${between(schema.minimum, schema.maximum)}`;
    case "string":
      return `a text${sized(schema.minLength, schema.maxLength, "characters")}`;
    case "array":
      return `a list${sized(schema.minItems, schema.maxItems, "entries")}`;
    case "boolean":
      return "true, false";
    default:
      return schema.type === "object" ? "an object" : "another value";
  }
}

/** Leaves out the largest safe integer, which zod writes where there is no limit. */
const limit = (value: number | undefined): number | undefined =>
  value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;

function between(minimum: number | undefined, maximum: number | undefined): string {
  const [low, high] = [limit(minimum), limit(maximum)];
  if (low === undefined) return high === undefined ? "" : ` up to ${high}`;
  return high === undefined ? ` from ${low}` : ` from ${low} to ${high}`;
}

function sized(minimum: number | undefined, maximum: number | undefined, unit: string): string {
  if (minimum === undefined) return maximum === undefined ? "" : ` of at most ${maximum} ${unit}`;
  return maximum === undefined ? ` of at least ${minimum} ${unit}` : ` of ${minimum} to ${maximum} ${unit}`;
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Puts settings over others, group by group: what is not given stays as it was. Lists are replaced as a whole. */
export function merged<T extends object>(base: T, given: Partial<T> | undefined): T {
  const result = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(given ?? {})) {
    const before = result[key];
    if (value === undefined) continue;
    result[key] = isGroup(before) && isGroup(value) ? merged(before, value) : value;
  }
  return result as T;
}
