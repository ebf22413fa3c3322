import type { ArgumentCheck } from "../../core/validate";

export type KeyType = "string" | "number" | "binary";

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** Which attributes an index holds besides its keys: all, none, or these. */
export type Projection = "all" | "keys" | readonly string[];

export interface GlobalIndex {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  /** Default `all`. */
  readonly projection?: Projection;
}

/** An index with the table's partition key and another sort key. It can only be made with the table. */
export interface LocalIndex {
  readonly sortKey: KeyAttribute;
  readonly projection?: Projection;
}

export interface TableKeys {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  readonly globalIndexes?: Readonly<Record<string, GlobalIndex>>;
  readonly localIndexes?: Readonly<Record<string, LocalIndex>>;
  readonly timeToLiveAttribute?: string;
}

/** DynamoDB defines exactly the attributes that are keys of the table or of an index: no other, none missing. */
export interface KeySchema {
  readonly attributes: readonly { readonly name: string; readonly type: "S" | "N" | "B" }[];
  readonly hashKey: string;
  readonly rangeKey: string | undefined;
}

const TYPES = { string: "S", number: "N", binary: "B" } as const;

/** Limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MOST_GLOBAL_INDEXES = 20;
const MOST_LOCAL_INDEXES = 5;
const MOST_PROJECTED = 100;

/** The key schema of a table, with everything DynamoDB would refuse refused before. */
export function keySchema(keys: TableKeys, check: ArgumentCheck): KeySchema {
  const types = new Map<string, KeyType>();
  const use = (argument: string, attribute: KeyAttribute | undefined): void => {
    if (!attribute) return;
    check.require(
      attribute.name.length >= 1 && Buffer.byteLength(attribute.name) <= 255,
      `${argument}.name`,
      attribute.name,
      "1 to 255 bytes",
    );
    check.oneOf(`${argument}.type`, attribute.type, Object.keys(TYPES) as KeyType[]);
    const before = types.get(attribute.name);
    check.require(
      before === undefined || before === attribute.type,
      `${argument}.type`,
      attribute.type,
      `"${before}", as the attribute "${attribute.name}" has elsewhere`,
    );
    types.set(attribute.name, attribute.type);
  };
  const differ = (argument: string, one: KeyAttribute, other: KeyAttribute | undefined): void =>
    check.require(one.name !== other?.name, argument, other?.name, "another attribute than the partition key's");

  use("partitionKey", keys.partitionKey);
  use("sortKey", keys.sortKey);
  differ("sortKey", keys.partitionKey, keys.sortKey);
  const globals = Object.entries(keys.globalIndexes ?? {});
  const locals = Object.entries(keys.localIndexes ?? {});
  check.integer("globalIndexes", globals.length, 0, MOST_GLOBAL_INDEXES);
  check.integer("localIndexes", locals.length, 0, MOST_LOCAL_INDEXES);
  for (const [name, index] of globals) {
    indexName(check, "globalIndexes", name);
    use(`globalIndexes.${name}.partitionKey`, index.partitionKey);
    use(`globalIndexes.${name}.sortKey`, index.sortKey);
    differ(`globalIndexes.${name}.sortKey`, index.partitionKey, index.sortKey);
    projected(check, `globalIndexes.${name}.projection`, index.projection);
  }
  for (const [name, index] of locals) {
    const argument = `localIndexes.${name}`;
    indexName(check, "localIndexes", name);
    check.require(!Object.hasOwn(keys.globalIndexes ?? {}, name), "localIndexes", name, "a name no global index has");
    check.require(
      keys.sortKey !== undefined,
      argument,
      name,
      "none: a local index needs a table with a sortKey, to which it adds another",
    );
    use(`${argument}.sortKey`, index.sortKey);
    differ(`${argument}.sortKey`, keys.partitionKey, index.sortKey);
    check.require(
      index.sortKey.name !== keys.sortKey?.name,
      `${argument}.sortKey`,
      index.sortKey.name,
      "another attribute than the table's own sortKey",
    );
    projected(check, `${argument}.projection`, index.projection);
  }
  const { timeToLiveAttribute: ttl } = keys;
  check.require(
    ttl === undefined || (ttl !== keys.partitionKey.name && ttl !== keys.sortKey?.name),
    "timeToLiveAttribute",
    ttl,
    "an attribute that is no key of the table",
  );
  return {
    attributes: [...types].map(([name, type]) => ({ name, type: TYPES[type] })),
    hashKey: keys.partitionKey.name,
    rangeKey: keys.sortKey?.name,
  };
}

/** How DynamoDB writes a projection. */
export function projectionOf(projection: Projection | undefined): {
  readonly projectionType: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes?: string[];
} {
  if (projection === undefined || projection === "all") return { projectionType: "ALL" };
  if (projection === "keys") return { projectionType: "KEYS_ONLY" };
  return { projectionType: "INCLUDE", nonKeyAttributes: [...projection] };
}

function indexName(check: ArgumentCheck, argument: string, name: string): void {
  check.matches(argument, name, /^[a-zA-Z0-9_.-]{3,255}$/, "names of 3 to 255 letters, digits, _ . -");
}

function projected(check: ArgumentCheck, argument: string, projection: Projection | undefined): void {
  if (!Array.isArray(projection)) {
    check.oneOf(argument, projection, ["all", "keys"]);
    return;
  }
  check.integer(argument, projection.length, 1, MOST_PROJECTED);
  check.require(new Set(projection).size === projection.length, argument, projection, "each attribute once");
}
