/** Which tables a migration takes, which of their rows, and what becomes of their names and columns. */

import { z } from "zod";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";

const scalar = z.union([z.string(), z.number()]);

const condition = z.discriminatedUnion("is", [
  z.strictObject({ is: z.enum(["equal", "not-equal", "at-least", "at-most"]), value: scalar }),
  z.strictObject({ is: z.enum(["between", "not-between"]), from: scalar, to: scalar }),
  z.strictObject({ is: z.enum(["null", "not-null"]) }),
]);

export const tableSelection = z.strictObject({
  schema: z.string().min(1).describe("The schema; `%` stands for any characters."),
  table: z.string().min(1).describe("The table; `%` stands for any characters."),
  action: z
    .enum(["include", "exclude", "explicit"])
    .default("include")
    .describe("`exclude` wins over `include`; `explicit` takes one table by its exact name."),
  kind: z.enum(["table", "view", "all"]).default("table").describe("What is selected."),
  loadOrder: z.int().min(0).max(2_147_483_647).optional().describe("Tables of higher order are loaded first."),
  rows: z
    .record(z.string(), z.array(condition).min(1))
    .optional()
    .describe(
      'Rows to take, by column, of the full load and of changes. Conditions on one column are joined by "or", columns by "and".',
    ),
});

/** A type of DMS: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Reference.DataTypes.html. */
const columnType = z.strictObject({
  type: z.enum([
    "bytes",
    "date",
    "time",
    "datetime",
    "int1",
    "int2",
    "int4",
    "int8",
    "numeric",
    "real4",
    "real8",
    "string",
    "uint1",
    "uint2",
    "uint4",
    "uint8",
    "wstring",
    "blob",
    "nclob",
    "clob",
    "boolean",
  ]),
  length: z.int().optional(),
  precision: z.int().optional(),
  scale: z.int().optional(),
});
type ColumnType = Resolved<typeof columnType>;

const where = {
  schema: z.string().describe("The schema; `%` stands for any characters."),
  table: z.string().optional().describe("The table, for changes of tables and columns."),
  column: z.string().optional().describe("The column, for changes of columns."),
};
const text = z.string().min(1);

const transformation = z.discriminatedUnion("change", [
  z.strictObject({ change: z.literal("rename"), ...where, to: text.describe("The new name.") }),
  z.strictObject({ change: z.enum(["lower-case", "upper-case"]), ...where }),
  z.strictObject({
    change: z.enum(["add-prefix", "add-suffix", "remove-prefix", "remove-suffix"]),
    ...where,
    text: text.describe("The prefix or suffix."),
  }),
  z.strictObject({
    change: z.enum(["replace-prefix", "replace-suffix"]),
    ...where,
    from: z.string().describe("The prefix or suffix that is replaced."),
    to: z.string().describe("The new one."),
  }),
  z.strictObject({ change: z.enum(["remove", "include"]), ...where }),
  z.strictObject({
    change: z.literal("add-column"),
    ...where,
    expression: z.string().regex(/\S/, "an expression of SQLite").describe("An expression of SQLite."),
    type: columnType.describe("The type of the new column."),
  }),
  z.strictObject({ change: z.literal("type"), ...where, to: columnType.describe("The new type.") }),
  z.strictObject({
    change: z.literal("primary-key"),
    ...where,
    name: z.string().describe("The name of the key."),
    columns: z.array(z.string()).min(1).describe("The columns of the key."),
  }),
]);

export const tableRuleSettings = z.strictObject({
  tables: z.array(tableSelection).describe("The tables, by schema and name."),
  transformations: z
    .array(transformation)
    .default([])
    .describe("What becomes of schemas, tables and columns on their way."),
});

export type ColumnCondition = Resolved<typeof condition>;
export type TableSelection = Settings<typeof tableSelection>;
export type Transformation = Resolved<typeof transformation>;
export type TableRules = Settings<typeof tableRuleSettings>;
type ResolvedRules = Resolved<typeof tableRuleSettings>;
type ResolvedSelection = Resolved<typeof tableSelection>;

const OPERATORS: Readonly<Record<ColumnCondition["is"], string>> = {
  equal: "eq",
  "not-equal": "noteq",
  "at-least": "gte",
  "at-most": "ste",
  between: "between",
  "not-between": "notbetween",
  null: "null",
  "not-null": "notnull",
};

type Target = "schema" | "table" | "column";
type Change = Transformation["change"];

/** The service's name of each change, and what can be changed so. */
const CHANGES: Readonly<Record<Change, { readonly action: string; readonly targets: readonly Target[] }>> = {
  rename: { action: "rename", targets: ["schema", "table", "column"] },
  "lower-case": { action: "convert-lowercase", targets: ["schema", "table", "column"] },
  "upper-case": { action: "convert-uppercase", targets: ["schema", "table", "column"] },
  "add-prefix": { action: "add-prefix", targets: ["schema", "table", "column"] },
  "add-suffix": { action: "add-suffix", targets: ["schema", "table", "column"] },
  "remove-prefix": { action: "remove-prefix", targets: ["schema", "table", "column"] },
  "remove-suffix": { action: "remove-suffix", targets: ["schema", "table", "column"] },
  "replace-prefix": { action: "replace-prefix", targets: ["schema", "table", "column"] },
  "replace-suffix": { action: "replace-suffix", targets: ["schema", "table", "column"] },
  remove: { action: "remove-column", targets: ["column"] },
  include: { action: "include-column", targets: ["column"] },
  "add-column": { action: "add-column", targets: ["column"] },
  type: { action: "change-data-type", targets: ["column"] },
  "primary-key": { action: "define-primary-key", targets: ["table"] },
};

const targetOf = ({ table, column }: { readonly table?: string; readonly column?: string }): Target =>
  column !== undefined ? "column" : table !== undefined ? "table" : "schema";

/** Checks what DMS would refuse, or accept without doing what is meant. `at` is the beginning of the arguments' names. */
export function checkTableRules(at: string, { tables, transformations }: ResolvedRules, check: ArgumentCheck): void {
  const isAny = tables.some(({ action }) => action !== "exclude");
  check.require(isAny, `${at}tables`, tables, "at least one selection that includes something");
  const seen = new Set<string>();
  tables.forEach((selection, index) => {
    const argument = `${at}tables[${index}]`;
    const { action, schema, table, loadOrder, rows } = selection;
    const identity = `${action} ${schema}.${table}`;
    check.require(!seen.has(identity), argument, `${schema}.${table}`, "each selection once");
    seen.add(identity);
    const isExact = !`${schema}${table}`.includes("%");
    check.require(
      action !== "explicit" || isExact,
      `${argument}.table`,
      `${schema}.${table}`,
      "exact names where the action is explicit",
    );
    if (action === "exclude") {
      check.require(rows === undefined, `${argument}.rows`, rows, "conditions on what is included");
      check.require(loadOrder === undefined, `${argument}.loadOrder`, loadOrder, "an order of what is included");
    }
  });
  transformations.forEach((rule, index) => checkTransformation(`${at}transformations[${index}]`, rule, check));
}

function checkTransformation(at: string, rule: Transformation, check: ArgumentCheck): void {
  const { targets } = CHANGES[rule.change];
  const target = targetOf(rule);
  check.require(targets.includes(target), `${at}.change`, `${rule.change} of a ${target}`, targets.join(", "));
  const hasTable = rule.column === undefined || rule.table !== undefined;
  check.require(hasTable, `${at}.table`, rule.table, "the column's table, or % for any");
  if (rule.change === "add-column") {
    const isExact = rule.column?.includes("%") !== true;
    check.require(isExact, `${at}.column`, rule.column, "the new column's exact name");
    checkType(`${at}.type`, rule.type, check);
  }
  if (rule.change === "type") checkType(`${at}.to`, rule.to, check);
}

function checkType(at: string, { type, length, precision, scale }: ColumnType, check: ArgumentCheck): void {
  const isSized = ["bytes", "string", "wstring"].includes(type);
  const allowed = isSized ? "a length" : `none for ${type}`;
  check.require(isSized === (length !== undefined), `${at}.length`, length, allowed);
  const isExact = type === "numeric";
  const isPrecise = isExact || type === "datetime" || type === "time";
  check.require(!isExact || precision !== undefined, `${at}.precision`, precision, "a precision");
  check.require(isPrecise || precision === undefined, `${at}.precision`, precision, `none for ${type}`);
  check.require(isExact || scale === undefined, `${at}.scale`, scale, `none for ${type}`);
}

/**
 * Returns the rules as DMS takes them: one JSON text, numbered in the order given, the same for the same rules. A file of
 * another tool can be compared with it.
 */
export function tableMappings(given: TableRules): string {
  const { tables, transformations } = tableRuleSettings.strip().parse(given);
  const rules = [
    ...tables.map((selection, index) => selectionRule(selection, index + 1)),
    ...transformations.map((rule, index) => transformationRule(rule, tables.length + index + 1)),
  ];
  return JSON.stringify({ rules });
}

const numbered = (type: string, number: number): object => ({
  "rule-type": type,
  "rule-id": String(number),
  "rule-name": String(number),
});

function selectionRule(selection: ResolvedSelection, number: number): object {
  const { schema, table, action, kind, loadOrder, rows = {} } = selection;
  return {
    ...numbered("selection", number),
    "object-locator": {
      "schema-name": schema,
      "table-name": table,
      ...(kind === "table" ? {} : { "table-type": kind }),
    },
    "rule-action": action,
    ...(loadOrder === undefined ? {} : { "load-order": String(loadOrder) }),
    filters: Object.entries(rows).map(([column, conditions]) => ({
      "filter-type": "source",
      "column-name": column,
      "filter-conditions": conditions.map(filterCondition),
    })),
  };
}

function filterCondition(condition: ColumnCondition): object {
  const operator = { "filter-operator": OPERATORS[condition.is] };
  if ("value" in condition) return { ...operator, value: String(condition.value) };
  if ("from" in condition) {
    return { ...operator, "start-value": String(condition.from), "end-value": String(condition.to) };
  }
  return operator;
}

function transformationRule(rule: Transformation, number: number): object {
  const target = targetOf(rule);
  const added = rule.change === "add-column";
  return {
    ...numbered("transformation", number),
    "rule-target": target,
    "object-locator": {
      "schema-name": rule.schema,
      ...(rule.table === undefined ? {} : { "table-name": rule.table }),
      // A new column has no place yet: its name is the rule's value.
      ...(rule.column === undefined || added ? {} : { "column-name": rule.column }),
    },
    "rule-action": CHANGES[rule.change].action,
    ...changeDetails(rule),
  };
}

function changeDetails(rule: Transformation): object {
  switch (rule.change) {
    case "rename":
      return { value: rule.to };
    case "add-prefix":
    case "add-suffix":
    case "remove-prefix":
    case "remove-suffix":
      return { value: rule.text };
    case "replace-prefix":
    case "replace-suffix":
      return { value: rule.to, "old-value": rule.from };
    case "add-column":
      return { value: rule.column, expression: rule.expression, "data-type": rule.type };
    case "type":
      return { "data-type": rule.to };
    case "primary-key":
      return { "primary-key-def": { name: rule.name, columns: rule.columns } };
    default:
      return {};
  }
}
