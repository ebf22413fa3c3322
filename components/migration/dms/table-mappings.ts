/** Which tables a migration takes, which of their rows, and what becomes of their names and columns. Pure. */

/** A condition on one column of the source; several conditions on a column are joined by "or", several columns by "and". */
export type ColumnCondition =
  | { readonly is: "equal" | "not-equal" | "at-least" | "at-most"; readonly value: string | number }
  | { readonly is: "between" | "not-between"; readonly from: string | number; readonly to: string | number }
  | { readonly is: "null" | "not-null" };

/** Tables by schema and name; `%` stands for any characters. */
export interface TableSelection {
  readonly schema: string;
  readonly table: string;
  /** `exclude` wins over `include`; `explicit` takes one table by its exact name. Default `include`. */
  readonly action?: "include" | "exclude" | "explicit";
  /** Default `table`. */
  readonly kind?: "table" | "view" | "all";
  /** Tables of higher order are loaded first: 0 to 2147483647. */
  readonly loadOrder?: number;
  /** Rows to take, by column. Full load and changes alike. */
  readonly rows?: Readonly<Record<string, readonly ColumnCondition[]>>;
}

/** A type of DMS: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Reference.DataTypes.html */
export interface ColumnType {
  readonly type:
    | "bytes"
    | "date"
    | "time"
    | "datetime"
    | "int1"
    | "int2"
    | "int4"
    | "int8"
    | "numeric"
    | "real4"
    | "real8"
    | "string"
    | "uint1"
    | "uint2"
    | "uint4"
    | "uint8"
    | "wstring"
    | "blob"
    | "nclob"
    | "clob"
    | "boolean";
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
}

interface Where {
  readonly schema: string;
  /** Needed for tables and columns. */
  readonly table?: string;
  /** Needed for columns. */
  readonly column?: string;
}

/** What becomes of schemas, tables or columns on their way. */
export type Transformation = Where &
  (
    | { readonly change: "rename"; readonly to: string }
    | { readonly change: "lower-case" | "upper-case" }
    | { readonly change: "add-prefix" | "add-suffix" | "remove-prefix" | "remove-suffix"; readonly text: string }
    | { readonly change: "replace-prefix" | "replace-suffix"; readonly from: string; readonly to: string }
    | { readonly change: "remove" | "include" }
    | { readonly change: "add-column"; readonly expression: string; readonly type: ColumnType }
    | { readonly change: "type"; readonly to: ColumnType }
    | { readonly change: "primary-key"; readonly name: string; readonly columns: readonly string[] }
  );

export interface TableRules {
  readonly tables: readonly TableSelection[];
  readonly transformations?: readonly Transformation[];
}

/** What is wrong with an argument, and what would be right. */
export interface Problem {
  readonly argument: string;
  readonly value: unknown;
  readonly allowed: string;
}

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

/** The service's name of a change, and what it can be made to. */
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

const MAX_LOAD_ORDER = 2_147_483_647;
const targetOf = ({ table, column }: Where): Target =>
  column !== undefined ? "column" : table !== undefined ? "table" : "schema";

/** Everything that DMS would refuse, or take without doing what is meant. */
export function tableRuleProblems({ tables, transformations = [] }: TableRules): Problem[] {
  const problems: Problem[] = [];
  const need = (fits: boolean, argument: string, value: unknown, allowed: string): void => {
    if (!fits) problems.push({ argument, value, allowed });
  };
  need(
    tables.some(({ action }) => action !== "exclude"),
    "tables",
    tables,
    "at least one selection that includes something",
  );
  const seen = new Set<string>();
  tables.forEach((one, index) => {
    const at = `tables[${index}]`;
    const { action = "include", schema, table, loadOrder } = one;
    const identity = `${action} ${schema}.${table}`;
    need(schema !== "", `${at}.schema`, schema, "a schema's name, or % for any");
    need(table !== "", `${at}.table`, table, "a table's name, or % for any");
    need(!seen.has(identity), at, `${schema}.${table}`, "each selection once");
    seen.add(identity);
    const exact = !/%/.test(`${schema}${table}`);
    need(
      action !== "explicit" || exact,
      `${at}.table`,
      `${schema}.${table}`,
      "exact names where the action is explicit",
    );
    const orderFits =
      loadOrder === undefined || (Number.isInteger(loadOrder) && loadOrder >= 0 && loadOrder <= MAX_LOAD_ORDER);
    need(orderFits, `${at}.loadOrder`, loadOrder, `a whole number from 0 to ${MAX_LOAD_ORDER}`);
    if (action === "exclude") {
      need(one.rows === undefined, `${at}.rows`, one.rows, "conditions on what is included");
      need(loadOrder === undefined, `${at}.loadOrder`, loadOrder, "an order of what is included");
    }
    for (const [column, conditions] of Object.entries(one.rows ?? {})) {
      need(conditions.length > 0, `${at}.rows.${column}`, conditions, "one condition or more");
      for (const condition of conditions) {
        need(condition.is in OPERATORS, `${at}.rows.${column}.is`, condition.is, Object.keys(OPERATORS).join(", "));
      }
    }
  });
  transformations.forEach((one, index) => transformationProblems(one, `transformations[${index}]`, need));
  return problems;
}

function transformationProblems(
  one: Transformation,
  at: string,
  need: (fits: boolean, argument: string, value: unknown, allowed: string) => void,
): void {
  const known = CHANGES[one.change] as (typeof CHANGES)[Change] | undefined;
  need(known !== undefined, `${at}.change`, one.change, Object.keys(CHANGES).join(", "));
  if (!known) return;
  const target = targetOf(one);
  need(known.targets.includes(target), `${at}.change`, `${one.change} of a ${target}`, known.targets.join(", "));
  need(
    one.column === undefined || one.table !== undefined,
    `${at}.table`,
    one.table,
    "the column's table, or % for any",
  );
  if (one.change === "rename") need(one.to !== "", `${at}.to`, one.to, "the new name");
  if ("text" in one) need(one.text !== "", `${at}.text`, one.text, "a text");
  if (one.change === "add-column") {
    need(!/%/.test(one.column ?? ""), `${at}.column`, one.column, "the new column's exact name");
    need(one.expression.trim() !== "", `${at}.expression`, one.expression, "an expression of SQLite");
    typeProblems(one.type, `${at}.type`, need);
  }
  if (one.change === "type") typeProblems(one.to, `${at}.to`, need);
  if (one.change === "primary-key") {
    need(one.columns.length > 0, `${at}.columns`, one.columns, "one column or more");
  }
}

function typeProblems(
  { type, length, precision, scale }: ColumnType,
  at: string,
  need: (fits: boolean, argument: string, value: unknown, allowed: string) => void,
): void {
  const sized = ["bytes", "string", "wstring"].includes(type);
  need(sized === (length !== undefined), `${at}.length`, length, sized ? "a length" : `none for ${type}`);
  const exact = type === "numeric";
  const precise = exact || type === "datetime" || type === "time";
  need(!exact || precision !== undefined, `${at}.precision`, precision, "a precision");
  need(precise || precision === undefined, `${at}.precision`, precision, `none for ${type}`);
  need(exact || scale === undefined, `${at}.scale`, scale, `none for ${type}`);
}

/**
 * The rules as DMS wants them: one JSON text, numbered in the order given, the same for the same rules. A file kept in the
 * repository that was made by another tool can be compared with it.
 */
export function tableMappings({ tables, transformations = [] }: TableRules): string {
  const rules = [
    ...tables.map((one, index) => selectionRule(one, index + 1)),
    ...transformations.map((one, index) => transformationRule(one, tables.length + index + 1)),
  ];
  return JSON.stringify({ rules });
}

const numbered = (type: string, number: number): object => ({
  "rule-type": type,
  "rule-id": String(number),
  "rule-name": String(number),
});

function selectionRule(one: TableSelection, number: number): object {
  const rows = Object.entries(one.rows ?? {});
  return {
    ...numbered("selection", number),
    "object-locator": {
      "schema-name": one.schema,
      "table-name": one.table,
      ...(one.kind && one.kind !== "table" ? { "table-type": one.kind } : {}),
    },
    "rule-action": one.action ?? "include",
    ...(one.loadOrder === undefined ? {} : { "load-order": String(one.loadOrder) }),
    filters: rows.map(([column, conditions]) => ({
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

function transformationRule(one: Transformation, number: number): object {
  const target = targetOf(one);
  const added = one.change === "add-column";
  return {
    ...numbered("transformation", number),
    "rule-target": target,
    "object-locator": {
      "schema-name": one.schema,
      ...(one.table === undefined ? {} : { "table-name": one.table }),
      // A new column has no place yet: its name is the rule's value.
      ...(one.column === undefined || added ? {} : { "column-name": one.column }),
    },
    "rule-action": CHANGES[one.change].action,
    ...changeDetails(one),
  };
}

function changeDetails(one: Transformation): object {
  switch (one.change) {
    case "rename":
      return { value: one.to };
    case "add-prefix":
    case "add-suffix":
    case "remove-prefix":
    case "remove-suffix":
      return { value: one.text };
    case "replace-prefix":
    case "replace-suffix":
      return { value: one.to, "old-value": one.from };
    case "add-column":
      return { value: one.column, expression: one.expression, "data-type": one.type };
    case "type":
      return { "data-type": one.to };
    case "primary-key":
      return { "primary-key-def": { name: one.name, columns: one.columns } };
    default:
      return {};
  }
}
