import { isObject } from "../../../../evaluate/wire";

/** The parameters of a request, or a part of them. */
export type Params = Readonly<Record<string, unknown>>;

/** A rule for requests that AWS refuses although its service model allows them. */
export interface Rule {
  /** The name of the SDK client, for example `EventBridge`. */
  readonly service: string;
  readonly operations: readonly string[];
  /** The address of AWS's documentation. */
  readonly source: string;
  /** Returns the problems of a request, each with its path. */
  check(params: Params): readonly string[];
}

export const part = (value: unknown): Params => (isObject(value) ? value : {});
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const parts = (value: unknown): readonly Params[] => list(value).map(part);
export const isSet = (value: unknown): boolean => value !== undefined && value !== "";

/** Parses a parameter that is JSON text; returns the problem if it is not JSON. */
export function json(text: unknown, path: string): { readonly value?: unknown; readonly problems: readonly string[] } {
  if (typeof text !== "string") return { problems: [] };
  try {
    return { value: JSON.parse(text) as unknown, problems: [] };
  } catch (error) {
    return { problems: [`${path}: is not valid JSON: ${(error as Error).message}`] };
  }
}

/** Returns the values that occur more than once. */
export function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
