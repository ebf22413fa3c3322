import { isDeepStrictEqual } from "node:util";
import type { Handler, Props } from "./handler";
import { isAsset, isObject, isUnknown } from "../../evaluate/wire";

export interface Difference {
  /** The path of the property, for example `rules[0].id`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** The input in which the provider notes which inputs it added to those of the program. Pulumi's display hides it. */
export const DEFAULTED = "__defaults";

/**
 * Returns the differences between two sets of inputs as AWS sees them: documents are compared by meaning, unordered lists by content, unset
 * values as AWS's defaults, and assets by their hash.
 */
export function differences(handler: Handler, olds: Props, news: Props): Difference[] {
  const keeps = new Set(handler.keeps);
  const found: Difference[] = [];
  const before = normalise(handler, olds);
  const after = normalise(handler, news);
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    compare(before[name], after[name], name, (path, kind) => {
      const plain = withoutIndices(path);
      if (kind === "delete" && keeps.has(plain)) return;
      found.push({ path, kind, replaces: replaces(handler, plain) });
    });
  }
  return found;
}

function replaces(handler: Handler, path: string): boolean {
  const top = path.split(".")[0] ?? path;
  if (handler.settings?.includes(top)) return false;
  if (!handler.update || path === "region") return true;
  return handler.replaceOn.some((trigger) => path === trigger || path.startsWith(`${trigger}.`));
}

/** Returns the value that AWS reports, in the form that the program uses if both mean the same. */
export function reconcile(handler: Handler, name: string, given: unknown, actual: unknown): unknown {
  if (given === undefined) return actual;
  const normal = (value: unknown): unknown => normalise(handler, { [name]: value })[name];
  return isDeepStrictEqual(normal(given), normal(actual)) ? given : actual;
}

/** Works as `reconcile`, but leaves out the members that AWS adds to an object of the program: the inputs after a refresh. */
export function project(handler: Handler, name: string, given: unknown, actual: unknown): unknown {
  const reconciled = reconcile(handler, name, given, actual);
  return reconciled === given ? given : projectValue(given, reconciled, name);
}

function projectValue(given: unknown, actual: unknown, name: string): unknown {
  if (Array.isArray(given) && Array.isArray(actual) && given.length === actual.length) {
    return actual.map((item, index) => projectValue(given[index], item, ""));
  }
  if (isObject(given) && isObject(actual) && name !== "tags") {
    return Object.fromEntries(
      Object.keys(given).flatMap((key) =>
        actual[key] === undefined ? [] : [[key, projectValue(given[key], actual[key], key)]],
      ),
    );
  }
  return actual;
}

/** Returns whether AWS treats the value as unset: it is not set, off or empty. */
export function isEmpty(value: unknown): boolean {
  if (value == null || value === false || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Returns the inputs in a normal form, which two equal requests have in common. */
export function normalise(handler: Handler, inputs: Props): Props {
  const unordered = new Set(handler.unordered);
  const result: Record<string, unknown> = {};
  for (const [name, given] of Object.entries({ ...handler.defaults, ...withoutUndefined(inputs) })) {
    if (name === DEFAULTED) continue;
    const value = handler.documents?.includes(name) && typeof given === "string" ? parsed(given) : given;
    const normal = normaliseValue(value, name, unordered);
    if (normal !== undefined) result[name] = normal;
  }
  return result;
}

function normaliseValue(value: unknown, path: string, unordered: ReadonlySet<string>): unknown {
  if (isAsset(value)) return { hash: value.hash };
  if (Array.isArray(value)) {
    const items = value.map((item) => normaliseValue(item, path, unordered) ?? null);
    if (unordered.has(path)) items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return items.length > 0 ? items : undefined;
  }
  if (isObject(value)) {
    const entries = Object.keys(value)
      .sort()
      .map((key) => [key, normaliseValue(value[key], `${path}.${key}`, unordered)] as const)
      .filter(([, item]) => item !== undefined);
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  }
  return isEmpty(value) ? undefined : value;
}

/** Returns the normal form of a JSON document. IAM treats `"a"` and `["a"]` alike and ignores the order of such lists. */
function parsed(text: string): unknown {
  if (isUnknown(text)) return text;
  try {
    return canonical(JSON.parse(text));
  } catch {
    return text;
  }
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    if (items.every((item) => typeof item === "string")) items.sort();
    return items.length === 1 ? items[0] : items;
  }
  if (!isObject(value)) return typeof value === "boolean" ? String(value) : value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, canonical(item)]));
}

function compare(
  before: unknown,
  after: unknown,
  path: string,
  report: (path: string, kind: Difference["kind"]) => void,
): void {
  if (isDeepStrictEqual(before, after)) return;
  if (before === undefined) return report(path, "add");
  if (after === undefined) return report(path, "delete");
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    after.forEach((item, index) => compare(before[index], item, `${path}[${index}]`, report));
  } else if (isObject(before) && isObject(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])]) {
      const step = /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `["${key.replace(/"/g, '\\"')}"]`;
      compare(before[key], after[key], `${path}${step}`, report);
    }
  } else report(path, "update");
}

const withoutIndices = (path: string): string => path.replace(/\[\d+\]/g, "");

export function withoutUndefined(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
}
