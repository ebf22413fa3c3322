import type { ServiceModel } from "../strict/models";

/** Members of structures and indices of lists from the outside in, e.g. `["TableInput", "Name"]` or `["Destinations", "0"]`. */
export type Place = readonly string[];

/**
 * Properties whose member does not follow from their names: the property's path without indices → the member, or the members of which
 * the first that the operation has is meant. A dot leads into a structure: `{ agentArns: "OnPremConfig.AgentArns" }`.
 */
export type Names = Readonly<Record<string, string | readonly string[]>>;

/** How the names of a row's properties become names of members. */
export interface Spelling {
  readonly names: Names;
  /** The words of what the operations are about, e.g. `["DB", "Proxy"]`: `name` is `DBProxyName`, `proxyName` too. */
  readonly noun: readonly string[];
  /** Structures of the request that hold properties of the resource, e.g. `["TableInput"]`. */
  readonly within: readonly string[];
}

/** Letters and digits in lower case: `KMSKeyId` and `kmsKeyId` are one name. */
const plain = (name: string): string => name.replace(/[^a-z0-9]/gi, "").toLowerCase();

/** `DBProxyName` → `["DB", "Proxy", "Name"]`. */
export const words = (name: string): string[] => name.match(/[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+/g) ?? [name];

/** `KMSKeyId` → `kmsKeyId`, as AWS's provider spells properties. */
export function property(member: string): string {
  const [first = "", ...rest] = words(member);
  const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
  return first.toLowerCase() + rest.map(title).join("");
}

/** The member that a property stands for by the conventions: its own name, in another number, after the noun, as a switch. */
function memberOf(members: readonly string[], name: string, noun: readonly string[]): string | undefined {
  const wanted = plain(name);
  const switched = /^(.+)enabled$/.exec(wanted)?.[1];
  const forms = [wanted, ...(switched ? [`enable${switched}`] : []), ...otherNumber(wanted)];
  for (let length = 0; length <= noun.length; length++) {
    const before = plain(noun.slice(0, length).join(""));
    for (const form of forms) {
      const found = members.find((member) => plain(member) === before + form);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const otherNumber = (name: string): string[] =>
  name.endsWith("s")
    ? [name.replace(/s$/, ""), ...(name.endsWith("ies") ? [name.replace(/ies$/, "y")] : [])]
    : [`${name}s`, ...(name.endsWith("y") ? [name.replace(/y$/, "ies")] : [])];

/** The shape at a place inside another; undefined where the model has none. */
export function shapeAt(model: ServiceModel, shape: string, place: Place): string | undefined {
  return place.reduce<string | undefined>((at, member) => {
    const outer = model.shapes[at ?? ""];
    if (outer?.type === "list") return outer.member?.shape;
    return outer?.type === "map" ? outer.value?.shape : outer?.members?.[member]?.shape;
  }, shape);
}

/** Where a property belongs in a structure; undefined where the structure has no member for it. */
export function placeOf(model: ServiceModel, shape: string, path: string, spelling: Spelling): Place | undefined {
  const said = spelling.names[path];
  if (said !== undefined) {
    return [said]
      .flat()
      .map((member) => member.split("."))
      .find((place) => shapeAt(model, shape, place) !== undefined);
  }
  const name = path.slice(path.lastIndexOf(".") + 1);
  for (const inside of ["", ...spelling.within]) {
    const outer = inside === "" ? [] : inside.split(".");
    const at = shapeAt(model, shape, outer);
    const members = Object.keys((at && model.shapes[at]?.members) ?? {});
    const member = memberOf(members, name, spelling.noun);
    if (member !== undefined) return [...outer, member];
  }
  return undefined;
}

/** The value at a place. */
export function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((at, member) => (at as Record<string, unknown> | undefined)?.[member], value);
}

/** Puts a value at a place, making the structures on the way. */
export function putAt(target: Record<string, unknown>, place: Place, value: unknown): void {
  const inner = place.slice(0, -1).reduce<Record<string, unknown>>((at, member) => {
    at[member] ??= {};
    return at[member] as Record<string, unknown>;
  }, target);
  inner[place.at(-1) ?? ""] = value;
}
