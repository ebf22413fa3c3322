import { z } from "zod";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";

const TYPES = { string: "S", number: "N", binary: "B" } as const;
const INDEX_NAME = z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/, "names of 3 to 255 letters, digits, _ . -");

/** Limits of DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html. */
const MAX_GLOBAL_INDEXES = 20;
const MAX_LOCAL_INDEXES = 5;
const MAX_PROJECTED = 100;

const attribute = z.strictObject({
  name: z
    .string()
    .refine((name) => name.length > 0 && Buffer.byteLength(name) <= 255, "1 to 255 bytes")
    .describe("Name of the attribute."),
  type: z
    .enum(Object.keys(TYPES) as (keyof typeof TYPES)[])
    .default("string")
    .describe("Type of the attribute."),
});

const projection = z
  .union([
    z.enum(["all", "keys"]),
    z
      .array(z.string())
      .min(1)
      .max(MAX_PROJECTED)
      .refine((names) => new Set(names).size === names.length, "each attribute once"),
  ])
  .default("all")
  .describe("Attributes that the index holds besides its keys: all of them, none, or those of a list.");

const partitionKey = attribute.describe("The key that divides the items.");
const sortKey = attribute.optional().describe("The key that sorts the items of one partition.");

/** Keys and indexes of a table. */
export const keySettings = z.strictObject({
  partitionKey,
  sortKey,
  globalIndexes: z
    .record(INDEX_NAME, z.strictObject({ partitionKey, sortKey, projection }))
    .default({})
    .describe("Further keys by which items are found, by name."),
  localIndexes: z
    .record(INDEX_NAME, z.strictObject({ sortKey: attribute.describe("Another sort key."), projection }))
    .default({})
    .describe("Indexes with the table's partition key and another sort key. They can only be made with the table."),
  timeToLiveAttribute: z
    .string()
    .min(1)
    .optional()
    .describe("Items are removed at the time, epoch seconds, that this attribute says."),
});

/** Keys and indexes as a table reads them. */
type TableKeys = Resolved<typeof keySettings>;
export type KeyAttribute = Settings<typeof attribute>;
type ResolvedAttribute = Resolved<typeof attribute>;
type Projection = Resolved<typeof projection>;

/** DynamoDB defines exactly the attributes that are keys of the table or of an index, each once. */
export interface KeySchema {
  readonly attributes: { name: string; type: "S" | "N" | "B" }[];
  readonly hashKey: string;
  readonly rangeKey: string | undefined;
}

/** Returns the key schema of a table. Keys and indexes that DynamoDB would refuse become problems. */
export function keySchema(table: TableKeys, check: ArgumentCheck): KeySchema {
  const types = new Map<string, ResolvedAttribute["type"]>();
  const use = (argument: string, key: ResolvedAttribute | undefined, partition?: ResolvedAttribute): void => {
    if (!key) return;
    const before = types.get(key.name);
    check.require(
      before === undefined || before === key.type,
      `${argument}.type`,
      key.type,
      `"${before}", as the attribute "${key.name}" has elsewhere`,
    );
    check.require(key.name !== partition?.name, argument, key.name, "another attribute than the partition key's");
    types.set(key.name, key.type);
  };
  const globals = Object.entries(table.globalIndexes);
  const locals = Object.entries(table.localIndexes);
  use("partitionKey", table.partitionKey);
  use("sortKey", table.sortKey, table.partitionKey);
  check.integer("globalIndexes", globals.length, 0, MAX_GLOBAL_INDEXES);
  check.integer("localIndexes", locals.length, 0, MAX_LOCAL_INDEXES);
  for (const [name, index] of globals) {
    use(`globalIndexes.${name}.partitionKey`, index.partitionKey);
    use(`globalIndexes.${name}.sortKey`, index.sortKey, index.partitionKey);
  }
  for (const [name, index] of locals) {
    const argument = `localIndexes.${name}`;
    const isNew = !Object.hasOwn(table.globalIndexes, name);
    check.require(isNew, "localIndexes", name, "a name that no global index has");
    check.require(
      table.sortKey !== undefined,
      argument,
      name,
      "none: a local index needs a table with a sortKey, to which it adds another",
    );
    use(`${argument}.sortKey`, index.sortKey, table.partitionKey);
    check.require(
      index.sortKey.name !== table.sortKey?.name,
      `${argument}.sortKey`,
      index.sortKey.name,
      "another attribute than the table's own sortKey",
    );
  }
  const { timeToLiveAttribute: expiry } = table;
  const isKey = expiry === table.partitionKey.name || expiry === table.sortKey?.name;
  check.require(
    expiry === undefined || !isKey,
    "timeToLiveAttribute",
    expiry,
    "an attribute that is no key of the table",
  );
  return {
    attributes: [...types].map(([name, type]) => ({ name, type: TYPES[type] })),
    hashKey: table.partitionKey.name,
    rangeKey: table.sortKey?.name,
  };
}

/** Returns a projection as DynamoDB writes it. */
export function projectionOf(wanted: Projection): {
  readonly projectionType: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes?: string[];
} {
  if (typeof wanted !== "string") return { projectionType: "INCLUDE", nonKeyAttributes: [...wanted] };
  return { projectionType: wanted === "all" ? "ALL" : "KEYS_ONLY" };
}
