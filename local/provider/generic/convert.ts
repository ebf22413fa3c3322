import { isObject } from "../../../evaluate/wire";
import { nearest } from "../strict/validate";
import type { ServiceModel, Shape } from "../strict/models";
import { placeOf, property, putAt, valueAt, type Names, type Spelling } from "./members";

/** Nested structures have no noun: what they hold is called by its own name. */
const nested = (names: Names): Spelling => ({ names, noun: [], within: [] });

/** A list whose entries are pairs (`Key` and `Value`), which AWS's provider writes as an object. */
function pairOf(model: ServiceModel, shape: Shape): readonly [key: string, value: string] | undefined {
  const entry = model.shapes[shape.member?.shape ?? ""];
  // DMS's tags name their resource too, where it lists those of several.
  const members = Object.keys(entry?.members ?? {}).filter((name) => name !== "ResourceArn");
  const key = members.find((name) => /(Key|Name)$/i.test(name));
  const value = members.find((name) => /Value$/i.test(name));
  return members.length === 2 && key !== undefined && value !== undefined ? [key, value] : undefined;
}

/** The property that names each entry of a list that is a map for the API: the one that the map's structures do not have. */
function keyOf(model: ServiceModel, shape: string, list: readonly unknown[], path: string, names: Names): string {
  const properties = list.flatMap((item) => (isObject(item) ? Object.keys(item) : []));
  return properties.find((name) => !placeOf(model, shape, `${path}.${name}`, nested(names))) ?? "";
}

/** A structure around a list: alone (`{ Connections: […] }`) or counted (`{ Quantity, Items }`). */
function wrapped(model: ServiceModel, shape: Shape): string | undefined {
  const members = Object.keys(shape.members ?? {});
  if (members.includes("Items") && members.includes("Quantity")) return "Items";
  const [only = ""] = members;
  return members.length === 1 && model.shapes[shape.members?.[only]?.shape ?? ""]?.type === "list" ? only : undefined;
}

/** A property's value as the API takes it, by the shape of its member. `path` is the property's, for exceptions and messages. */
export function toMember(model: ServiceModel, name: string, value: unknown, path: string, names: Names): unknown {
  const shape = model.shapes[name];
  if (!shape || value === undefined || value === null || shape.document) return value ?? undefined;
  switch (shape.type) {
    case "structure":
      return toStructure(model, shape, name, value, path, names);
    case "list": {
      const pair = isObject(value) ? pairOf(model, shape) : undefined;
      const entry = shape.member?.shape ?? "";
      if (pair && isObject(value))
        return Object.entries(value).map(([key, item]) => ({ [pair[0]]: key, [pair[1]]: String(item) }));
      return [value].flat().map((item) => toMember(model, entry, item, path, names));
    }
    case "map": {
      const inner = shape.value?.shape ?? "";
      if (Array.isArray(value)) {
        const key = keyOf(model, inner, value, path, names);
        const entries = (value as Record<string, unknown>[]).map(
          ({ [key]: entry, ...item }) => [String(entry), item] as const,
        );
        return toMember(model, name, Object.fromEntries(entries), path, names);
      }
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, toMember(model, inner, item, path, names)]),
      );
    }
    case "string":
      return typeof value === "string"
        ? value
        : isObject(value) || Array.isArray(value)
          ? JSON.stringify(value)
          : String(value);
    case "boolean":
      return value === "true" ? true : value === "false" ? false : value;
    case "timestamp":
      return new Date(String(value));
    case "blob":
      return value instanceof Uint8Array ? value : Buffer.from(String(value));
    case "byte":
    case "short":
    case "integer":
    case "long":
    case "float":
    case "double":
      return typeof value === "string" && value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
    default:
      return value;
  }
}

function toStructure(
  model: ServiceModel,
  shape: Shape,
  name: string,
  value: unknown,
  path: string,
  names: Names,
): unknown {
  const list = wrapped(model, shape);
  if (Array.isArray(value) && list !== undefined) {
    const inner = toMember(model, shape.members?.[list]?.shape ?? "", value, path, names);
    return list === "Items" ? { Quantity: value.length, Items: inner } : { [list]: inner };
  }
  if (!isObject(value)) {
    // EC2 wraps attributes: `{ EnableDnsSupport: { Value: true } }`.
    return Object.keys(shape.members ?? {}).join() === "Value" ? { Value: value } : value;
  }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined || item === null) continue;
    const inner = `${path}.${key}`;
    const place = placeOf(model, name, inner, nested(names));
    if (!place)
      throw new Error(
        `${inner} is not known to AWS's ${name}${nearest(key, Object.keys(shape.members ?? {}).map(property))}`,
      );
    putAt(result, place, toMember(model, shapeOf(model, name, place), item, inner, names));
  }
  return result;
}

const shapeOf = (model: ServiceModel, name: string, place: readonly string[]): string =>
  place.reduce((at, member) => model.shapes[at]?.members?.[member]?.shape ?? "", name);

/**
 * A member's value in the words of the program. What the program gave (`known`) decides how nested names are spelled, and whether pairs
 * are an object; what it did not mention is spelled by the conventions.
 */
export function fromMember(
  model: ServiceModel,
  name: string,
  value: unknown,
  known: unknown,
  path: string,
  names: Names,
): unknown {
  const shape = model.shapes[name];
  if (!shape || value === undefined || value === null || shape.document) return value ?? undefined;
  if (value instanceof Date) return value.toISOString();
  switch (shape.type) {
    case "structure": {
      const list = wrapped(model, shape);
      if (list !== undefined && !isObject(known)) {
        return fromMember(
          model,
          shape.members?.[list]?.shape ?? "",
          (value as Record<string, unknown>)[list],
          known,
          path,
          names,
        );
      }
      return fromStructure(model, name, value as Record<string, unknown>, known, path, names);
    }
    case "list": {
      if (!Array.isArray(value)) return value;
      const pair = Array.isArray(known) ? undefined : pairOf(model, shape);
      if (pair) return Object.fromEntries(value.map((item: Record<string, unknown>) => [item[pair[0]], item[pair[1]]]));
      const entry = shape.member?.shape ?? "";
      if (isObject(known)) return fromMember(model, entry, value[0], known, path, names);
      return value.map((item, index) =>
        fromMember(model, entry, item, (known as unknown[] | undefined)?.[index], path, names),
      );
    }
    case "map": {
      const inner = shape.value?.shape ?? "";
      const told = (item: unknown, given: unknown): unknown => fromMember(model, inner, item, given, path, names);
      if (Array.isArray(known)) {
        const entries = known as Record<string, unknown>[];
        const key = keyOf(model, inner, entries, path, names);
        return Object.entries(value as object).map(([entry, item]) => {
          const given = entries.find((one) => one[key] === entry);
          return { [key]: entry, ...(told(item, given) as object) };
        });
      }
      return Object.fromEntries(
        Object.entries(value as object).map(([key, item]) => [
          key,
          told(item, (known as Record<string, unknown> | undefined)?.[key]),
        ]),
      );
    }
    default:
      return value;
  }
}

/** What the program calls a member that it did not mention. */
function propertyOf(member: string, path: string, names: Names): string {
  const named = Object.keys(names).find((name) => {
    const inner = name.slice(path.length + 1);
    return name === `${path}.${inner}` && !inner.includes(".") && [names[name]].flat().includes(member);
  });
  return named?.slice(path.length + 1) ?? property(member);
}

function fromStructure(
  model: ServiceModel,
  name: string,
  value: Record<string, unknown>,
  known: unknown,
  path: string,
  names: Names,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const taken = new Set<string>();
  for (const [key, given] of Object.entries(isObject(known) ? known : {})) {
    const place = placeOf(model, name, `${path}.${key}`, nested(names));
    if (!place) continue;
    taken.add(place[0] ?? "");
    const held = valueAt(value, place);
    if (held !== undefined) {
      result[key] = fromMember(model, shapeOf(model, name, place), held, given, `${path}.${key}`, names);
    }
  }
  for (const [member, held] of Object.entries(value)) {
    if (taken.has(member) || held === undefined) continue;
    const shape = model.shapes[name]?.members?.[member]?.shape ?? "";
    const key = propertyOf(member, path, names);
    result[key] = fromMember(model, shape, held, undefined, `${path}.${key}`, names);
  }
  return result;
}
