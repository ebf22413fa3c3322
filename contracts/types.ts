/** Logical column types and their names in Glue (and Athena), DuckDB and Spark. */

export type SimpleType = "string" | "int" | "bigint" | "double" | "boolean" | "date" | "timestamp";

export type LogicalType =
  { readonly kind: SimpleType } | { readonly kind: "decimal"; readonly precision: number; readonly scale: number };

export const SIMPLE_TYPES: readonly SimpleType[] = [
  "string",
  "int",
  "bigint",
  "double",
  "boolean",
  "date",
  "timestamp",
];

const DECIMAL = /^decimal\(\s*(\d{1,3})\s*(?:,\s*(\d{1,3})\s*)?\)$/;
const MAX_PRECISION = 38;

/** Reads `int`, `decimal(10,2)` and the like. Returns a string when something is wrong. */
export function parseType(text: string): LogicalType | string {
  if ((SIMPLE_TYPES as readonly string[]).includes(text)) return { kind: text as SimpleType };
  const match = DECIMAL.exec(text);
  if (match === null) return `"${text}" is not a type; allowed: ${SIMPLE_TYPES.join(", ")}, decimal(precision,scale)`;
  const precision = Number(match[1]);
  const scale = Number(match[2] ?? 0);
  if (precision < 1 || precision > MAX_PRECISION) {
    return `the precision of "${text}" must be between 1 and ${MAX_PRECISION}`;
  }
  if (scale > precision) return `the scale of "${text}" must not exceed its precision`;
  return { kind: "decimal", precision, scale };
}

/** Writes the type as a contract has it. */
export function typeName(type: LogicalType): string {
  return type.kind === "decimal" ? `decimal(${type.precision},${type.scale})` : type.kind;
}

/** Returns the name in the Glue Data Catalog and in Athena's DDL. */
export function glueType(type: LogicalType): string {
  return typeName(type);
}

const DUCKDB: Readonly<Record<SimpleType, string>> = {
  string: "VARCHAR",
  int: "INTEGER",
  bigint: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

const SPARK: Readonly<Record<SimpleType, string>> = {
  string: "STRING",
  int: "INT",
  bigint: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  // Without a zone, as DuckDB writes it: one table must not mix both kinds of Parquet timestamps.
  timestamp: "TIMESTAMP_NTZ",
};

/** Returns the name in DuckDB's SQL. */
export function duckdbType(type: LogicalType): string {
  return type.kind === "decimal" ? `DECIMAL(${type.precision},${type.scale})` : DUCKDB[type.kind];
}

/** Returns the name in Spark's SQL. */
export function sparkType(type: LogicalType): string {
  return type.kind === "decimal" ? `DECIMAL(${type.precision},${type.scale})` : SPARK[type.kind];
}

export type MeasureFunction = "count" | "sum" | "avg" | "min" | "max" | "count_distinct";

export const MEASURE_FUNCTIONS: readonly MeasureFunction[] = ["count", "sum", "avg", "min", "max", "count_distinct"];

const NUMERIC: ReadonlySet<string> = new Set(["int", "bigint", "double", "decimal"]);

/** Tells whether a type is a number, which can be summed and averaged. */
export function isNumeric(type: LogicalType): boolean {
  return NUMERIC.has(type.kind);
}

/** Returns the type of a measure; undefined where it does not fit the column's type. Sums are wide enough not to overflow. */
export function measureType(fn: MeasureFunction, type: LogicalType | undefined): LogicalType | undefined {
  switch (fn) {
    case "count":
    case "count_distinct":
      return { kind: "bigint" };
    case "min":
    case "max":
      return type;
    case "avg":
      return type !== undefined && isNumeric(type) ? { kind: "double" } : undefined;
    case "sum":
      if (type === undefined || !isNumeric(type)) return undefined;
      if (type.kind === "decimal") return { kind: "decimal", precision: MAX_PRECISION, scale: type.scale };
      if (type.kind === "bigint") return { kind: "decimal", precision: MAX_PRECISION, scale: 0 };
      return type.kind === "int" ? { kind: "bigint" } : { kind: "double" };
  }
}
