/** The two SQL dialects, as far as the plan needs them. All else in the plan's text is common to both. */

import type { LogicalType } from "./types";
import { duckdbType, sparkType } from "./types";

export interface SqlDialect {
  readonly name: "duckdb" | "spark";
  type(type: LogicalType): string;
  identifier(name: string): string;
  /** Writes a text literal. */
  text(value: string): string;
  /** Tests whether the whole value matches. The expression uses only what RE2 and Java read alike. */
  matches(value: string, regex: string): string;
  /** Rewrites the whole value, which is known to match, from its groups. */
  rearrange(value: string, regex: string, parts: readonly (number | string)[]): string;
  /** Casts a text, or gives NULL where it is not a value of the type. */
  cast(value: string, type: LogicalType): string;
  /** Makes a timestamp without zone, in UTC, from ISO text that may end in an offset. */
  utc(value: string): string;
  /** Removes blanks, tabs and line ends at either side. */
  trim(value: string): string;
  /** Makes the text of a JSON object from texts by name. */
  json(members: readonly { readonly name: string; readonly value: string }[]): string;
}

const BLANKS = " \t\r\n";

export const DUCKDB: SqlDialect = {
  name: "duckdb",
  type: duckdbType,
  identifier: (name) => `"${name.replaceAll('"', '""')}"`,
  text: (value) => `'${value.replaceAll("'", "''")}'`,
  matches: (value, regex) => `regexp_full_match(${value}, ${DUCKDB.text(regex)})`,
  rearrange: (value, regex, parts) => {
    const to = parts.map((part) => (typeof part === "number" ? `\\${part}` : part.replaceAll("\\", "\\\\"))).join("");
    return `regexp_replace(${value}, ${DUCKDB.text(`^(?:${regex})$`)}, ${DUCKDB.text(to)})`;
  },
  cast: (value, type) => `TRY_CAST(${value} AS ${duckdbType(type)})`,
  // A plain cast to TIMESTAMP ignores the offset.
  utc: (value) => `(TRY_CAST(${value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`,
  // DuckDB's trim is slow, and few texts need it.
  trim: (value) => {
    const edges = [...BLANKS].map((blank) => DUCKDB.text(blank));
    const edged = edges.flatMap((blank) => [`starts_with(${value}, ${blank})`, `ends_with(${value}, ${blank})`]);
    return `CASE WHEN ${edged.join(" OR ")} THEN trim(${value}, ${DUCKDB.text(BLANKS)}) ELSE ${value} END`;
  },
  json: (members) =>
    `CAST(json_object(${members.map((m) => `${DUCKDB.text(m.name)}, ${m.value}`).join(", ")}) AS VARCHAR)`,
};

const SPARK_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  // Spark would read a dollar sign as a variable.
  $: "\\u0024",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

export const SPARK: SqlDialect = {
  name: "spark",
  type: sparkType,
  identifier: (name) => `\`${name.replaceAll("`", "``")}\``,
  text: (value) => `'${value.replace(/[\\'$\t\n\r]/g, (char) => SPARK_ESCAPES[char] ?? char)}'`,
  // Java's `$` also matches before a last line end.
  matches: (value, regex) => `${value} RLIKE ${SPARK.text(`^(?:${regex})\\z`)}`,
  rearrange: (value, regex, parts) => {
    const to = parts.map((part) => (typeof part === "number" ? `$${part}` : part.replace(/[\\$]/g, "\\$&"))).join("");
    return `regexp_replace(${value}, ${SPARK.text(`^(?:${regex})\\z`)}, ${SPARK.text(to)})`;
  },
  cast: (value, type) => `CAST(${value} AS ${sparkType(type)})`,
  // The session's time zone is UTC.
  utc: (value) => `CAST(CAST(${value} AS TIMESTAMP) AS TIMESTAMP_NTZ)`,
  trim: (value) => `trim(BOTH ${SPARK.text(BLANKS)} FROM ${value})`,
  json: (members) => `to_json(named_struct(${members.map((m) => `${SPARK.text(m.name)}, ${m.value}`).join(", ")}))`,
};
