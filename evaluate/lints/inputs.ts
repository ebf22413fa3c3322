import type { Properties, RecordedResource } from "../recorded";
import { isObject } from "../wire";

/** Returns every text among the inputs of a resource, in properties of any depth. */
export function textsOf(value: unknown, found: string[] = []): string[] {
  if (typeof value === "string") found.push(value);
  else if (Array.isArray(value)) for (const item of value) textsOf(item, found);
  else if (isObject(value)) for (const item of Object.values(value)) textsOf(item, found);
  return found;
}

/** Returns the texts at a path such as `rules[].destination.bucket`, in which `[]` stands for every item of a list. */
export function textsAt(inputs: Properties, path: string): string[] {
  let values: unknown[] = [inputs];
  for (const step of path.split(".")) {
    const [name = ""] = step.split("[");
    values = values.flatMap((value) => (isObject(value) ? [value[name]] : []));
    if (step.endsWith("[]")) values = values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
  }
  return values.filter((value) => typeof value === "string");
}

/** Finds buckets of the program by what other resources call them: the name, the ARN, or an address `s3://<name>/…`. */
export function bucketFinder(resources: readonly RecordedResource[]): (text: string) => RecordedResource | undefined {
  const byName = new Map<string, RecordedResource>();
  for (const resource of resources) {
    if (/^aws:s3\/bucket(V2)?:/.test(resource.type)) byName.set(String(resource.state.bucket), resource);
  }
  return (text) => byName.get(text.replace(/^arn:[\w-]+:s3:::|^s3:\/\//, "").split("/")[0] ?? "");
}
