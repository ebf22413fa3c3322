import type { z } from "zod";

/** Texts in the forms that settings ask for. A setting takes those that its schema accepts. */
const TEXTS = [
  "other words",
  "other",
  "other/",
  "other_name",
  "Other1",
  "cron(17 5 * * ? *)",
  "rate(3 hours)",
  "sun:03:00-sun:04:00",
  "03:10-03:50",
  "16.4",
  "8.0.40",
  "https://other.example.com",
  "https://other.example.com/path",
  "other@example.com",
  "+41790000000",
  "other.example.com",
  "10.7.0.0/16",
  "arn:aws:iam::123456789012:role/other",
  "arn:aws:acm:eu-central-1:123456789012:certificate/other",
  "eu-west-1",
  "db.r6g.xlarge",
  "dms.r6i.xlarge",
  "2027-01-01T00:00:00Z",
  "$request.body.other",
  "/other",
];
const NUMBERS = [0, 1, 2, 3, 5, 7, 10, 14, 31, 50, 60, 90, 100, 300, 465, 512, 1000, 2048, 4000, 10_240, 20_000];

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
}

const definitionOf = (schema: z.ZodType): Definition => (schema as unknown as { def: Definition }).def;

/** The schema without what makes it optional. */
export function inner(schema: z.ZodType): z.ZodType {
  const { type, innerType, in: input } = definitionOf(schema);
  if (["optional", "default", "prefault", "nullable", "readonly"].includes(type) && innerType) return inner(innerType);
  return type === "pipe" && input ? inner(input) : schema;
}

/** Returns valid values of a setting, as different as its schema allows. */
export function valuesOf(schema: z.ZodType): unknown[] {
  const bare = inner(schema);
  const { type, element, valueType, keyType, options, values, entries } = definitionOf(bare);
  const valid = (candidates: readonly unknown[]): unknown[] =>
    candidates.filter((candidate) => bare.safeParse(candidate).success);
  switch (type) {
    case "boolean":
      return [true, false];
    case "literal":
      return [...(values ?? [])];
    case "enum":
      return Object.values(entries ?? {});
    case "number":
    case "int":
      return valid(NUMBERS);
    case "union":
      return (options ?? []).flatMap(valuesOf);
    case "array":
      return valid([[], ...(element ? valuesOf(element).map((item) => [item]) : [])]);
    case "record":
      return valid(
        (keyType ? valuesOf(keyType) : ["other"])
          .slice(0, 2)
          .flatMap((key) => (valueType ? valuesOf(valueType).map((value) => ({ [String(key)]: value })) : [])),
      );
    case "object":
      return valid([{}, ...objectsOf(bare as z.ZodObject)]);
    default:
      return valid(TEXTS);
  }
}

/** Returns an object with what is required, for each value of each of its members that is optional. */
function objectsOf(schema: z.ZodObject): unknown[] {
  const required = requiredOf(schema);
  const members = Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>);
  return [
    required,
    ...members.flatMap(([name, member]) => valuesOf(member).map((value) => ({ ...required, [name]: value }))),
  ];
}

function requiredOf(schema: z.ZodObject): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>)
      .filter(([, member]) => !member.safeParse(undefined).success)
      .map(([name, member]) => [name, valuesOf(member).at(-1)]),
  );
}

/** A setting that is no object of settings, and how to give it a value. */
export interface Setting {
  readonly path: string;
  readonly schema: z.ZodType;
  /** Returns arguments with another value. Objects on the way have what they require. */
  readonly change: (args: unknown, value: unknown) => unknown;
}

/** Returns all settings of a schema, with those of its objects. */
export function settingsIn(schema: z.ZodObject, prefix = ""): Setting[] {
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, member]) => {
    const bare = inner(member);
    const within = (args: unknown, change: (value: unknown) => unknown): unknown => {
      const before = (typeof args === "object" && args !== null ? args : {}) as Readonly<Record<string, unknown>>;
      return { ...before, [name]: change(before[name]) };
    };
    if (definitionOf(bare).type !== "object") {
      return [
        {
          path: `${prefix}${name}`,
          schema: member,
          change: (args: unknown, value: unknown) => within(args, () => value),
        },
      ];
    }
    const required = requiredOf(bare as z.ZodObject);
    return settingsIn(bare as z.ZodObject, `${prefix}${name}.`).map((setting) => ({
      ...setting,
      change: (args: unknown, value: unknown) => within(args, (before) => setting.change(before ?? required, value)),
    }));
  });
}

/** More values say nothing new. */
const MAX_VALUES = 7;

/** Returns the first and the last value, and some between them. */
const spread = (values: readonly unknown[]): unknown[] =>
  values.length <= MAX_VALUES
    ? [...values]
    : Array.from(
        { length: MAX_VALUES },
        (_, index) => values[Math.round((index * (values.length - 1)) / (MAX_VALUES - 1))],
      );

/**
 * Returns the settings of which a program accepts several values although they make no difference. `run` runs the program with changed
 * arguments and returns its result as text; undefined if it refuses them. `only` names the settings to try, by default all.
 */
export async function unread(
  schema: z.ZodObject,
  run: (change: (args: unknown) => unknown) => Promise<string | undefined>,
  only?: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const setting of settingsIn(schema).filter(({ path }) => only?.includes(path) ?? true)) {
    const unset = setting.schema.safeParse(undefined).success ? [undefined] : [];
    // By the value that the program sees: what is unset has the default.
    const results = new Map<string, string>();
    for (const value of [...unset, ...spread(valuesOf(setting.schema))]) {
      const seen = JSON.stringify(setting.schema.safeParse(value).data) ?? "unset";
      const result = results.has(seen) ? undefined : await run((args) => setting.change(args, value));
      if (result !== undefined) results.set(seen, result);
      if (new Set(results.values()).size > 1) break;
    }
    if (results.size > 1 && new Set(results.values()).size === 1) found.push(setting.path);
  }
  return found;
}
