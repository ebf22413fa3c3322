import type { Properties, RecordedResource } from "../recorded";
import { isObject } from "../wire";

/** Returns every text among the inputs of a resource, in properties of any depth. */
export function textsOf(value: unknown, found: string[] = []): string[] {
  if (typeof value === "string") found.push(value);
  else if (Array.isArray(value)) for (const item of value) textsOf(item, found);
  else if (isObject(value)) for (const item of Object.values(value)) textsOf(item, found);
  return found;
}

/** A value among the inputs of a resource, and where it is: `rules[0].destination`. */
export interface Found {
  readonly at: string;
  readonly value: unknown;
}

/**
 * Returns the values at a path such as `rules[].destination.bucket`, in which `[]` stands for every entry of a list and `{}` for every
 * value of a map: several where the path leads through one of them, none where a member is not set.
 */
export const valuesAt = (inputs: Properties, path: string): Found[] => along(inputs, path.split("."), "");

function along(value: Properties, [step, ...rest]: readonly string[], at: string): Found[] {
  if (value === undefined || value === null) return [];
  if (step === undefined) return [{ at, value }];
  const [, member = "", each] = /^(.+?)(\[\]|\{\})?$/.exec(step) ?? [];
  const next = (value as Readonly<Record<string, unknown>>)[member];
  const here = at === "" ? member : `${at}.${member}`;
  if (each === undefined) return along(next, rest, here);
  if (typeof next !== "object" || next === null) return [];
  return Object.entries(next).flatMap(([key, entry]) => along(entry, rest, `${here}[${key}]`));
}

/** Returns the texts at a path of `valuesAt`. */
export const textsAt = (inputs: Properties, path: string): string[] =>
  valuesAt(inputs, path).flatMap(({ value }) => (typeof value === "string" ? [value] : []));

/** Finds buckets of the program by what other resources call them: the name, the ARN, or an address `s3://<name>/…`. */
export function bucketFinder(resources: readonly RecordedResource[]): (text: string) => RecordedResource | undefined {
  const byName = new Map<string, RecordedResource>();
  for (const resource of resources) {
    if (/^aws:s3\/bucket(V2)?:/.test(resource.type)) byName.set(String(resource.state.bucket), resource);
  }
  return (text) => byName.get(text.replace(/^arn:[\w-]+:s3:::|^s3:\/\//, "").split("/")[0] ?? "");
}
