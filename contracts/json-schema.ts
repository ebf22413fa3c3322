/** The contract's JSON schema, which editors check YAML files against while they are typed. */

import { z } from "zod";
import type { Path } from "./check";
import { contractSchema } from "./schema";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** The schema as JSON. */
export function contractJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(contractSchema, { io: "input", target: "draft-7" });
  return { title: "Dataset contract", ...schema } as Record<string, unknown>;
}

/** The text of `datasets/contract.schema.json`. */
export function contractJsonSchemaText(): string {
  return `${JSON.stringify(contractJsonSchema(), undefined, 2)}\n`;
}

let cached: Schema | undefined;

/** Lists the keys that a contract may have at a path. */
export function knownKeys(path: Path): readonly string[] {
  cached ??= contractJsonSchema() as Schema;
  return keysBelow(cached, path);
}

/** Lists the keys that a JSON schema knows below a path. */
export function keysBelow(schema: object, path: Path): readonly string[] {
  let level: readonly Schema[] = branches(schema as Schema);
  for (const part of path) {
    level = level.flatMap((schema) => {
      const next = typeof part === "number" ? schema.items : (schema.properties?.[part] ?? schema.additionalProperties);
      return next === undefined || typeof next === "boolean" ? [] : branches(next);
    });
  }
  return [...new Set(level.flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

function branches(schema: Schema): readonly Schema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(branches), ...(schema.oneOf ?? []).flatMap(branches)];
}
