/**
 * Renders the ETL plan of a contract as SQL. Both engines get the same text but for the functions of `SqlDialect`, and a regular
 * expression checks every text before it is cast, so that rows and rejects are the same whichever engine runs.
 */

import type { CompiledAggregate, EngineSql } from "./compiled";
import type { ParsedFormat } from "./formats";
import { ISO_DATE, ISO_TIMESTAMPS, parseFormat } from "./formats";
import type { Contract, ContractColumn, QualityRule } from "./schema";
import type { SqlDialect } from "./sql";
import type { LogicalType } from "./types";
import { isNumeric, measureType, parseType } from "./types";

/** A partition key with the column that it comes from. */
export interface PartitionKey {
  readonly name: string;
  readonly column: string;
  readonly transform?: "year" | "month" | "day" | "date";
  readonly type: LogicalType;
}

/** The number of characters of a rejected value that a reason shows. */
const SHOWN = 100;
/** The length at which a malformed record is cut: a quote that is never closed makes a record of the rest of the file. */
const LINE_SHOWN = 10_000;
/** The longest partition value: longer ones make keys that S3 refuses. */
export const MAX_PARTITION_VALUE = 128;

const INTEGER = "[+-]?[0-9]+";
const TRUE = ["true", "t", "yes", "y", "1"];
const FALSE = ["false", "f", "no", "n", "0"];

/** Returns the type of a checked contract's column. */
export function columnType(column: ContractColumn): LogicalType {
  const type = parseType(column.type);
  if (typeof type === "string") throw new Error(`column ${column.name}: ${type}`);
  return type;
}

/** Lists the partition keys of a checked contract, in order. */
export function partitionKeys(contract: Contract): readonly PartitionKey[] {
  return (contract.partitioning?.keys ?? []).map((key) => {
    if (typeof key !== "string") {
      return { ...key, type: { kind: key.transform === "date" ? ("date" as const) : ("int" as const) } };
    }
    const column = contract.columns.find((candidate) => candidate.name === key);
    if (column === undefined) throw new Error(`partition key ${key} is not a column`);
    return { name: key, column: key, type: columnType(column) };
  });
}

/** Renders the plan for one engine. */
export function renderPlan(contract: Contract, sql: SqlDialect): EngineSql {
  return {
    rows: rowsSql(contract, sql),
    aggregates: contract.aggregates.map((a) => aggregateSql(contract, a.name, sql)),
  };
}

function rowsSql(contract: Contract, sql: SqlDialect): string {
  const keys = partitionKeys(contract);
  const columns = contract.columns.map((column, i) => new ColumnSql(contract, column, i, keys, sql));
  const fine = columns.flatMap((column) => column.fine()).map((condition) => `(${condition})`);
  const complaints = columns.flatMap((column) => column.complaints());
  const reason =
    complaints.length === 0
      ? "__error"
      : `CASE WHEN __error IS NOT NULL THEN __error WHEN ${fine.join(" AND ")} THEN NULL\n` +
        `    ELSE concat_ws('; ',\n      ${complaints.join(",\n      ")}) END`;
  const record = sql.json(columns.map((column) => ({ name: column.source, value: column.raw })));
  const derived = keys.filter((key) => key.transform !== undefined);
  return [
    "SELECT",
    ...columns.map((column) => `  ${column.value} AS ${sql.identifier(column.name)},`),
    ...derived.map((key) => {
      const column = columns.find((candidate) => candidate.name === key.column);
      return `  ${transformSql(key, column?.value ?? "NULL", sql)} AS ${sql.identifier(key.name)},`;
    }),
    "  __source,",
    "  __reason,",
    `  CASE WHEN __reason IS NULL THEN NULL WHEN __line IS NOT NULL THEN ${sql.json([{ name: "line", value: `substring(__line, 1, ${LINE_SHOWN})` }])}`,
    `    ELSE ${record} END AS __record`,
    "FROM (SELECT *,",
    `  ${reason} AS __reason`,
    "FROM (SELECT *,",
    columns.map((column) => `  ${column.parse()} AS ${column.value}`).join(",\n"),
    "FROM (SELECT __source, __error, __line,",
    columns.map((column) => `  ${column.read()}`).join(",\n"),
    "FROM raw)))",
  ].join("\n");
}

function transformSql(key: PartitionKey, value: string, sql: SqlDialect): string {
  return `CAST(${key.transform === "date" ? value : `${key.transform}(${value})`} AS ${sql.type(key.type)})`;
}

/** A way to read a text: the expression that it must match, and the value that it then has. */
interface Reading {
  readonly when: string;
  readonly value: string;
}

/** Renders one column from text to value: `r` is the text, `v` the value. */
class ColumnSql {
  readonly name: string;
  readonly source: string;
  readonly raw: string;
  readonly value: string;
  private readonly type: LogicalType;
  private readonly keys: readonly PartitionKey[];
  private readonly partitioned: boolean;

  constructor(
    private readonly contract: Contract,
    private readonly column: ContractColumn,
    index: number,
    keys: readonly PartitionKey[],
    private readonly sql: SqlDialect,
  ) {
    this.name = column.name;
    this.source = column.source ?? column.name;
    this.raw = `r${index}`;
    this.value = `v${index}`;
    this.type = columnType(column);
    this.keys = keys.filter((key) => key.column === column.name);
    this.partitioned = this.type.kind === "string" && this.keys.length > 0;
  }

  read(): string {
    return `coalesce(${this.sql.identifier(this.name)}, '') AS ${this.raw}`;
  }

  /** Trimming costs more than everything else, so it is tried last. */
  private isNull(): string {
    return `(${this.isToken(this.raw)} OR ${this.isToken(this.sql.trim(this.raw))})`;
  }

  private isToken(value: string): string {
    const tokens = this.contract.source.nullValues.map((token) => token.trim());
    if (this.partitioned && !tokens.includes("")) tokens.push("");
    const [first] = tokens;
    if (first === undefined) return "FALSE";
    if (tokens.length === 1) return `${value} = ${this.sql.text(first)}`;
    return `${value} IN (${[...new Set(tokens)].map((token) => this.sql.text(token)).join(", ")})`;
  }

  parse(): string {
    const { raw } = this;
    if (this.type.kind === "string") return `CASE WHEN ${this.isNull()} THEN NULL ELSE ${raw} END`;
    const trimmed = this.sql.trim(raw);
    const attempt = (text: string) => [
      `WHEN ${this.isToken(text)} THEN NULL`,
      ...this.readings(text).map(({ when, value }) => `WHEN ${when} THEN ${value}`),
    ];
    return `CASE ${[...attempt(raw), ...attempt(trimmed)].join(" ")} END`;
  }

  private readings(from: string): readonly Reading[] {
    const { sql, type } = this;
    const reading = (regex: string, value: string): Reading => ({ when: sql.matches(from, regex), value });
    const mark = this.contract.source.decimal;
    const point = mark === "," ? "," : "[.]";
    const number = mark === "," ? `replace(${from}, ',', '.')` : from;
    switch (type.kind) {
      case "string":
        return [];
      case "int":
      case "bigint":
        return [reading(INTEGER, sql.cast(from, type))];
      case "double": {
        const cast = sql.cast(number, type);
        const infinity = (sign: string) => `CAST('${sign}Infinity' AS DOUBLE)`;
        return [
          reading(`[+-]?[0-9]{1,20}(?:${point}[0-9]{1,20})?`, cast),
          reading(
            `[+-]?(?:[0-9]+(?:${point}[0-9]*)?|${point}[0-9]+)(?:[eE][+-]?[0-9]+)?`,
            `nullif(nullif(${cast}, ${infinity("")}), ${infinity("-")})`,
          ),
        ];
      }
      case "decimal":
        return [reading(decimalRegex(type, mark), sql.cast(number, type))];
      case "boolean": {
        const list = (words: readonly string[]) => words.map((word) => sql.text(word)).join(", ");
        return [
          { when: `lower(${from}) IN (${list(TRUE)})`, value: "TRUE" },
          { when: `lower(${from}) IN (${list(FALSE)})`, value: "FALSE" },
        ];
      }
      case "date": {
        const format = this.format("date") ?? ISO_DATE;
        return [reading(format.regex, sql.cast(this.isoText(from, format), type))];
      }
      case "timestamp": {
        const format = this.format("timestamp");
        return (format === undefined ? ISO_TIMESTAMPS : [format]).map((one) => {
          const iso = this.isoText(from, one);
          return reading(one.regex, one.zoned ? sql.utc(iso) : sql.cast(iso, type));
        });
      }
    }
  }

  private format(kind: "date" | "timestamp"): ParsedFormat | undefined {
    if (this.column.format === undefined) return undefined;
    const format = parseFormat(this.column.format, kind);
    if (typeof format === "string") throw new Error(`column ${this.name}: ${format}`);
    return format;
  }

  private isoText(from: string, format: ParsedFormat): string {
    return format.iso === undefined ? from : this.sql.rearrange(from, format.regex, format.iso);
  }

  /** Lists the conditions of a valid value. None of them is ever NULL. */
  fine(): readonly string[] {
    const rules = this.rules().map((rule) => `${this.value} IS NULL OR ${rule.holds}`);
    if (!this.column.nullable) return [`${this.value} IS NOT NULL`, ...rules];
    return this.type.kind === "string" ? rules : [`${this.value} IS NOT NULL OR ${this.isNull()}`, ...rules];
  }

  complaints(): readonly string[] {
    const complaints: string[] = [];
    const expected = (what: string) =>
      `concat(${this.sql.text(`${this.name}: ${what}, found "`)}, ${this.shown()}, '"')`;
    if (!this.column.nullable) {
      complaints.push(`CASE WHEN ${this.isNull()} THEN ${expected("a value is required")} END`);
    }
    if (this.type.kind !== "string") {
      const format = this.column.format === undefined ? "" : ` (${this.column.format})`;
      complaints.push(
        `CASE WHEN ${this.value} IS NULL AND NOT (${this.isNull()}) THEN ${expected(`expected ${this.column.type}${format}`)} END`,
      );
    }
    for (const rule of this.rules()) {
      complaints.push(
        `CASE WHEN ${this.value} IS NOT NULL AND NOT (${rule.holds}) THEN ${expected(rule.expected)} END`,
      );
    }
    return complaints;
  }

  private shown(): string {
    return `CASE WHEN length(${this.raw}) > ${SHOWN} THEN concat(substring(${this.raw}, 1, ${SHOWN}), '…') ELSE ${this.raw} END`;
  }

  /** Lists the rules by which rows are rejected although they could be cast. `holds` gets only values that are not NULL. */
  private rules(): readonly { readonly holds: string; readonly expected: string }[] {
    const rules = this.contract.quality
      .filter((rule) => "column" in rule && rule.column === this.name && "reject" in rule && rule.reject === true)
      .flatMap((rule) => ruleSql(rule, this.value, this.type, this.sql));
    if (this.partitioned) {
      rules.push({
        holds: `length(${this.value}) <= ${MAX_PARTITION_VALUE}`,
        expected: `expected at most ${MAX_PARTITION_VALUE} characters to partition by`,
      });
    }
    return [...rules, ...this.keys.flatMap((key) => projectedSql(this.contract, key, this.value, this.sql))];
  }
}

interface Rule {
  readonly holds: string;
  readonly expected: string;
}

function ruleSql(rule: QualityRule, value: string, type: LogicalType, sql: SqlDialect): Rule[] {
  switch (rule.rule) {
    case "values":
      return [
        { holds: `${value} IN (${rule.in.map((v) => literal(v, type, sql)).join(", ")})`, expected: oneOf(rule.in) },
      ];
    case "range":
      return [
        ...(rule.min === undefined
          ? []
          : [{ holds: `${value} >= ${literal(rule.min, type, sql)}`, expected: `expected at least ${rule.min}` }]),
        ...(rule.max === undefined
          ? []
          : [{ holds: `${value} <= ${literal(rule.max, type, sql)}`, expected: `expected at most ${rule.max}` }]),
      ];
    case "pattern":
      return [{ holds: sql.matches(value, rule.pattern), expected: `expected to match ${rule.pattern}` }];
    default:
      return [];
  }
}

/** Rejects values outside the projected range: Athena never reads such a partition, so the row would be stored and never seen. */
function projectedSql(contract: Contract, key: PartitionKey, value: string, sql: SqlDialect): Rule[] {
  const range =
    contract.partitioning?.layout === "projection" ? contract.partitioning.projection?.[key.name] : undefined;
  if (range === undefined) return [];
  const of = key.transform === undefined ? value : transformSql(key, value, sql);
  const what = key.transform === undefined ? "" : `${key.name} `;
  if (range.values !== undefined) {
    const values = range.values.map((v) => (isNumeric(key.type) ? Number(v) : v));
    return [
      {
        holds: `${of} IN (${values.map((v) => literal(v, key.type, sql)).join(", ")})`,
        expected: oneOf(range.values).replace("expected ", `expected ${what}`),
      },
    ];
  }
  return (range.range ?? []).flatMap((bound, i): Rule[] => {
    // `NOW` advances: a row of tomorrow is seen tomorrow.
    if (typeof bound === "string" && bound.includes("NOW")) return [];
    return [
      {
        holds: `${of} ${i === 0 ? ">=" : "<="} ${literal(bound, key.type, sql)}`,
        expected: `expected ${what}at ${i === 0 ? "least" : "most"} ${bound}`,
      },
    ];
  });
}

function oneOf(values: readonly (string | number)[]): string {
  const shown = values.slice(0, 10).map((value) => (typeof value === "string" ? `"${value}"` : String(value)));
  return `expected one of ${shown.join(", ")}${values.length > 10 ? ", …" : ""}`;
}

function literal(value: string | number, type: LogicalType, sql: SqlDialect): string {
  if (type.kind === "date") return `DATE ${sql.text(String(value))}`;
  if (typeof value === "string") return sql.text(value);
  return type.kind === "double" || String(value).includes("e") ? `CAST('${value}' AS DOUBLE)` : String(value);
}

/** Makes an expression for the numbers that fit without rounding. Zeros at either end do not count. */
function decimalRegex(type: { readonly precision: number; readonly scale: number }, mark: "." | ","): string {
  const point = mark === "," ? "," : "[.]";
  const whole = type.precision - type.scale;
  const fraction = `${point}${type.scale === 0 ? "" : `[0-9]{0,${type.scale}}`}0*`;
  const some = `${point}${type.scale === 0 ? "0" : "[0-9]"}`;
  const integer = whole === 0 ? "0+" : `0*[0-9]{1,${whole}}`;
  const tail = type.scale > 1 ? `[0-9]{0,${type.scale - 1}}0*` : "0*";
  return `[+-]?(?:${integer}(?:${fraction})?|${some}${tail})`;
}

function aggregateSql(contract: Contract, name: string, sql: SqlDialect): CompiledAggregate {
  const aggregate = contract.aggregates.find((candidate) => candidate.name === name);
  if (aggregate === undefined) throw new Error(`aggregate ${name} is not in the contract`);
  const keys = partitionKeys(contract)
    .map((key) => key.name)
    .filter((key) => aggregate.groupBy.includes(key));
  const by = aggregate.groupBy.map((column) => sql.identifier(column));
  const measures = aggregate.measures.map((measure) => {
    const type = measure.column === undefined ? undefined : tableColumnType(contract, measure.column);
    const of = measure.column === undefined ? "*" : sql.identifier(measure.column);
    const yields = measureType(measure.function, type);
    if (yields === undefined) throw new Error(`measure ${measure.name}: ${measure.function} does not fit`);
    return `  CAST(${measureSql(measure.function, of, type)} AS ${sql.type(yields)}) AS ${sql.identifier(measure.name)}`;
  });
  return {
    name,
    table: `${contract.name}_${name}`,
    keys,
    sql: [
      "SELECT",
      [...by.map((column) => `  ${column}`), ...measures].join(",\n"),
      "FROM processed",
      `GROUP BY ${by.join(", ")}`,
      `ORDER BY ${by.join(", ")}`,
    ].join("\n"),
  };
}

function measureSql(fn: string, of: string, type: LogicalType | undefined): string {
  // Spark's sum of bigints overflows silently; a decimal of 38 digits is wide enough.
  const exact = type?.kind === "bigint" ? `CAST(${of} AS DECIMAL(38,0))` : of;
  if (fn === "count_distinct") return `count(DISTINCT ${of})`;
  if (fn === "sum") return `sum(${exact})`;
  // The quotient of two sums is the same in both engines; their own averages need not be.
  if (fn === "avg") return `CAST(sum(${exact}) AS DOUBLE) / count(${of})`;
  return `${fn}(${of})`;
}

/** Returns the type of a column or derived partition key of the dataset's table. */
export function tableColumnType(contract: Contract, name: string): LogicalType | undefined {
  const column = contract.columns.find((candidate) => candidate.name === name);
  return column === undefined ? partitionKeys(contract).find((key) => key.name === name)?.type : columnType(column);
}
