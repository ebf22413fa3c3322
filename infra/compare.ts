import { z } from "zod";
import { environmentSchema, type EnvironmentConfig } from "./schema";

/** A setting in which two environments differ. */
export interface Difference {
  /** The path of the setting, for example `ingestion.maxAttempts`. */
  readonly path: string;
  /** The effective values, defaults included; undefined if the setting is unset. */
  readonly first: unknown;
  readonly second: unknown;
  /** The environment whose value protects less, so that data is lost or accessed more easily or problems stay unseen; undefined if neither does. */
  readonly weaker?: "first" | "second";
}

/** The value of `safer` for a setting in the schema; see `infra/schema.ts`. */
type Safer = "higher" | "lower" | "longer" | "set" | readonly unknown[];

interface Node {
  readonly safer?: Safer;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
}

const schema = z.toJSONSchema(environmentSchema, { io: "input", target: "draft-7" }) as Node;

/** Returns every setting that differs, in the order of the schema. */
export function compareEnvironments(first: EnvironmentConfig, second: EnvironmentConfig): Difference[] {
  return differences(first, second, schema, []);
}

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function differences(first: unknown, second: unknown, node: Node | undefined, path: readonly string[]): Difference[] {
  const groups = [first, second].filter((value) => value !== undefined);
  if (path.length === 0 || (groups.length > 0 && groups.every(isGroup))) {
    const [one, other] = [isGroup(first) ? first : {}, isGroup(second) ? second : {}];
    const known = Object.keys(node?.properties ?? {});
    const keys = new Set([...known, ...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => differences(one[key], other[key], below(node, key), [...path, key]));
  }
  if (JSON.stringify(first) === JSON.stringify(second)) return [];
  const [one, other] = [safety(first, node?.safer), safety(second, node?.safer)];
  const difference = { path: path.join("."), first, second };
  if (one === undefined || other === undefined || one === other) return [difference];
  return [{ ...difference, weaker: one < other ? "first" : "second" }];
}

function below(node: Node | undefined, key: string): Node | undefined {
  const candidates = [node, ...(node?.anyOf ?? [])];
  for (const one of candidates) {
    const next = one?.properties?.[key] ?? one?.additionalProperties;
    if (typeof next === "object") return next;
  }
  return undefined;
}

/** Returns the rank of a value, of which a higher one is safer; undefined if the schema has no order for the setting. */
function safety(value: unknown, safer: Safer | undefined): number | undefined {
  if (safer === undefined) return undefined;
  if (Array.isArray(safer)) return safer.indexOf(value ?? null);
  if (safer === "set") return value === undefined ? 0 : 1;
  // An unset time means that data is kept for ever.
  if (value === undefined) return safer === "longer" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return safer === "lower" ? -Number(value) : Number(value);
}
