import { code, table } from "./markdown";

/** The part of JSON schema that the project's own schemas use. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  /** The name of the type, for a value that is not plain data. */
  readonly reference?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema | readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

const literal = (value: unknown): string => code(JSON.stringify(value));

const branchesOf = (schema: Schema): readonly Schema[] => schema.anyOf ?? schema.oneOf ?? [];

const itemOf = (schema: Schema): Schema | undefined =>
  schema.items === undefined || Array.isArray(schema.items) ? undefined : (schema.items as Schema);

const valueOf = (schema: Schema): Schema | undefined =>
  typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;

function typeOf(schema: Schema): string {
  if (schema.reference !== undefined) return schema.reference;
  const branches = branchesOf(schema);
  if (branches.length > 0) return [...new Set(branches.map(typeOf))].join(" or ");
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum && schema.type === "string") return schema.enum.map(literal).join(", ");
  if (schema.type === "array") {
    if (Array.isArray(schema.items)) return `list of ${schema.items.length}`;
    const item = itemOf(schema);
    return item ? `list of ${typeOf(item)}` : "list";
  }
  if (schema.type === "object") return valueOf(schema) ? "map" : "object";
  if (schema.type === "integer") return "whole number";
  if (schema.type === "boolean") return `${literal(true)}, ${literal(false)}`;
  if (schema.format === "email") return "e-mail address";
  if (schema.format === "uri") return "URL";
  if (schema.type === "string") return "text";
  return typeof schema.type === "string"
    ? schema.type
    : (schema.type?.map((type) => typeOf({ type })).join(" or ") ?? "any");
}

/** The largest safe integer, which zod writes if there is no limit. */
const bounded = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

function limitsOf(schema: Schema): string {
  const limits: string[] = [];
  const { minimum, maximum, minLength = 0, maxLength, minItems = 0, maxItems } = schema;
  if (bounded(minimum) && bounded(maximum)) limits.push(`${minimum} to ${maximum}`);
  else if (bounded(minimum)) limits.push(`from ${minimum}`);
  else if (bounded(maximum)) limits.push(`up to ${maximum}`);
  if (schema.enum && schema.type !== "string") limits.push(`one of ${schema.enum.join(", ")}`);
  if (maxLength !== undefined) limits.push(`at most ${maxLength} characters`);
  else if (minLength > 0 && !schema.format && !schema.pattern) limits.push("not empty");
  // The type of a pair already shows its length.
  if (!Array.isArray(schema.items)) {
    if (minItems > 0 && maxItems !== undefined) limits.push(`${minItems} to ${maxItems} entries`);
    else if (minItems > 0) limits.push(`${minItems} or more entries`);
  }
  // A format comes with a pattern that has the same meaning.
  if (!schema.format) {
    for (const pattern of [schema.pattern, ...(schema.allOf ?? []).map((one) => one.pattern)]) {
      if (pattern !== undefined) limits.push(code(pattern));
    }
  }
  const item = itemOf(schema);
  if (item && item.type !== "object") {
    const ofItem = limitsOf(item);
    if (ofItem) limits.push(`each ${ofItem}`);
  }
  const value = valueOf(schema);
  if (value && value.type !== "object") {
    const ofValue = limitsOf(value);
    if (ofValue) limits.push(`each ${ofValue}`);
  }
  const branches = branchesOf(schema).filter(({ type }) => type !== "object");
  for (const branch of branches) {
    const ofBranch = limitsOf(branch);
    if (ofBranch && !limits.includes(ofBranch)) limits.push(ofBranch);
  }
  return limits.join("; ");
}

/** Returns whether a default is an empty object, which the defaults of its members fill. The table shows those with the members. */
const isEmptyObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

function rowsOf(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = prefix + name;
    const required = schema.required?.includes(name) ?? false;
    const inner = rowsBelow(member, path);
    const value =
      member.default === undefined || isEmptyObject(member.default)
        ? required
          ? "required"
          : ""
        : literal(member.default);
    return [[code(path), typeOf(member), value, limitsOf(member), member.description ?? ""], ...inner];
  });
}

function rowsBelow(schema: Schema, path: string): string[][] {
  const rows = rowsOf(schema, `${path}.`);
  const item = itemOf(schema);
  if (item) rows.push(...rowsBelow(item, `${path}[]`));
  const value = valueOf(schema);
  if (value) rows.push(...rowsBelow(value, `${path}.<name>`));
  for (const branch of branchesOf(schema)) {
    const told = Object.entries(branch.properties ?? {}).find(([, member]) => member.const !== undefined);
    if (!told) {
      rows.push(...rowsBelow(branch, path));
      continue;
    }
    const [name, { const: choice }] = told;
    const rest = Object.fromEntries(Object.entries(branch.properties ?? {}).filter(([one]) => one !== name));
    rows.push(...rowsOf({ ...branch, properties: rest }, `${path} with ${name} ${String(choice)}: `));
  }
  return rows;
}

/** Returns a table of all keys of a JSON schema: type, default, limits, description. */
export const schemaTable = (schema: object): string =>
  table(["key", "type", "default", "limits", "description"], rowsOf(schema as Schema, ""));

/** Returns the rows of a table of settings: key, type, default, limits, description. */
export const schemaRows = (schema: object): string[][] => {
  const branches = branchesOf(schema as Schema);
  if (branches.length === 0) return rowsOf(schema as Schema, "");
  // A union has no name that its paths could begin with.
  return rowsBelow(schema as Schema, "").map(([path = "", ...cells]) => [path.replace(/^`[ .]/, "`"), ...cells]);
};

/** Returns the paths of all keys, as the table shows them. */
export const schemaKeys = (schema: object): readonly string[] =>
  rowsOf(schema as Schema, "").map(([key]) => (key ?? "").replaceAll("`", ""));
