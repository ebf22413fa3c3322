import { isObject } from "../../../../evaluate/wire";

/** A request's parameters, or a part of them. */
export type Params = Readonly<Record<string, unknown>>;

/** Something AWS refuses although its service model does not say so. */
export interface Rule {
  /** The SDK client's name, e.g. `EventBridge`. */
  readonly service: string;
  readonly operations: readonly string[];
  /** Where AWS documents it. */
  readonly source: string;
  /** The problems of a request: what is wrong and where. */
  check(params: Params): readonly string[];
}

export const part = (value: unknown): Params => (isObject(value) ? value : {});
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const parts = (value: unknown): readonly Params[] => list(value).map(part);
export const isSet = (value: unknown): boolean => value !== undefined && value !== "";

/** The JSON a parameter holds as text; the problem when it is none. */
export function json(text: unknown, path: string): { readonly value?: unknown; readonly problems: readonly string[] } {
  if (typeof text !== "string") return { problems: [] };
  try {
    return { value: JSON.parse(text) as unknown, problems: [] };
  } catch (error) {
    return { problems: [`${path}: is not valid JSON: ${(error as Error).message}`] };
  }
}

/** The values that occur more than once. */
export function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
