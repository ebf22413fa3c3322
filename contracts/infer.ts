/** Drafts a contract from a sample file. An author then completes it with names, meanings and rules. */

import { parse as parseCsv } from "csv-parse/sync";
import { stringify } from "yaml";
import { readHeader } from "./header";
import { parseFormat } from "./formats";
import { TextDecoder } from "node:util";
import { inflate } from "./header";

export interface InferOptions {
  /** The dataset's name. */
  readonly name: string;
  readonly description?: string;
  readonly owner?: string;
  /** Whether the bytes are the whole file, which is the default. */
  readonly complete?: boolean;
}

/** Texts that stand for a missing value. */
const NOTHING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "Null", "null", "None", "-", "--", "?", "\\N", "#N/A"];

const DATE_FORMATS = [
  "yyyy-MM-dd",
  "yyyy/MM/dd",
  "yyyyMMdd",
  "dd.MM.yyyy",
  "d.M.yyyy",
  "dd/MM/yyyy",
  "MM/dd/yyyy",
  "d/M/yyyy",
  "M/d/yyyy",
  "dd-MM-yyyy",
  "MM-dd-yyyy",
];
const TIMESTAMP_FORMATS = [
  "dd.MM.yyyy HH:mm",
  "dd.MM.yyyy HH:mm:ss",
  "dd/MM/yyyy HH:mm",
  "dd/MM/yyyy HH:mm:ss",
  "MM/dd/yyyy HH:mm",
  "MM/dd/yyyy HH:mm:ss",
  "yyyy/MM/dd HH:mm",
  "yyyy/MM/dd HH:mm:ss",
];
const ISO_TIMESTAMP = /^[1-9]\d{3}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/;
const INT_LIMIT = 2n ** 31n - 1n;
const BIGINT_LIMIT = 2n ** 63n - 1n;

/** A sample that cannot be read as delimited text. */
export class UnreadableSample extends Error {}

/** Writes the YAML text of a contract that takes the sample. */
export function inferContract(sample: Uint8Array, options: InferOptions): string {
  const complete = options.complete ?? true;
  const header = readHeader(
    sample,
    {
      delimiter: "auto",
      quote: '"',
      encoding: "auto",
      header: { ordered: false, extraColumns: "reject", case: "sensitive", allowEmpty: true },
    },
    { complete },
  );
  // A sample may have a single column.
  if (!header.ok) throw new UnreadableSample(header.message);
  const { dialect, columns } = header;
  const unnamed = columns.findIndex((column) => column === "");
  if (unnamed !== -1) throw new UnreadableSample(`Column ${unnamed + 1} of the sample has no name.`);
  const repeated = columns.find((column, i) => columns.indexOf(column) !== i);
  if (repeated !== undefined) throw new UnreadableSample(`The sample has two columns called "${repeated}".`);
  const plain = dialect.compression === "gzip" ? (inflate(sample)?.bytes ?? sample) : sample;
  const text = new TextDecoder(dialect.encoding === "latin-1" ? "latin1" : dialect.encoding).decode(plain);
  const records = parseCsv(text, {
    delimiter: dialect.delimiter,
    quote: dialect.quote,
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
  }) as string[][];
  const rows = records.slice(1, complete ? undefined : -1).filter((row) => row.length === columns.length);
  const values = columns.map((_, i) => rows.map((row) => (row[i] ?? "").trim()));
  const decimal = findDecimalMark(values, dialect.delimiter);
  const tokens = new Set([""]);
  const names = uniqueNames(columns);
  const described = columns.map((source, i) => {
    const { type, format, nothing } = describe(values[i] ?? [], decimal);
    for (const token of nothing) tokens.add(token);
    const nullable = rows.length === 0 || nothing.length > 0;
    return {
      name: names[i],
      ...(names[i] === source ? {} : { source }),
      type,
      ...(format === undefined ? {} : { format }),
      ...(nullable ? {} : { nullable: false }),
    };
  });
  const source = {
    ...(dialect.delimiter === "," ? {} : { delimiter: dialect.delimiter }),
    ...(decimal === "." ? {} : { decimal }),
    ...(tokens.size === 1 ? {} : { nullValues: [...tokens] }),
  };
  const contract = {
    name: options.name,
    description: options.description ?? `${options.name}, described from a sample of ${rows.length} rows`,
    owner: options.owner ?? "owner@example.org",
    ...(Object.keys(source).length === 0 ? {} : { source }),
    columns: described,
  };
  return `# yaml-language-server: $schema=./contract.schema.json\n${stringify(contract, { lineWidth: 0 })}`;
}

/** Finds the plainest type that takes every value but those that stand for a missing one. */
function describe(
  values: readonly string[],
  decimal: "." | ",",
): { type: string; format?: string; nothing: readonly string[] } {
  const distinct = [...new Set(values)];
  const nothing = distinct.filter((value) => NOTHING.includes(value));
  const real = distinct.filter((value) => !NOTHING.includes(value));
  if (real.length === 0) return { type: "string", nothing };
  const all = (test: (value: string) => boolean) => real.every(test);
  // Leading zeros belong to codes, not to numbers.
  if (all((value) => /^[+-]?(0|[1-9]\d*)$/.test(value))) {
    const largest = real.map((value) => BigInt(value.replace(/^\+/, ""))).reduce((a, b) => (abs(b) > abs(a) ? b : a));
    if (abs(largest) <= INT_LIMIT) return compact(real, nothing, "int");
    if (abs(largest) <= BIGINT_LIMIT) return { type: "bigint", nothing };
  }
  const number =
    decimal === "," ? /^[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d{1,2})?$/ : /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$/;
  if (all((value) => number.test(value)) && all((value) => !/^[+-]?0\d/.test(value)))
    return { type: "double", nothing };
  if (all((value) => /^(true|false|t|f|yes|no|y|n)$/i.test(value))) return { type: "boolean", nothing };
  const fitting = (formats: readonly string[], kind: "date" | "timestamp") =>
    formats.find((format) => {
      const parsed = parseFormat(format, kind);
      if (typeof parsed === "string") return false;
      const regex = new RegExp(`^(?:${parsed.regex})$`);
      return all((value) => regex.test(value) && isCalendarDay(value, regex, parsed.iso ?? []));
    });
  const date = fitting(DATE_FORMATS, "date");
  if (date !== undefined) return { type: "date", ...(date === "yyyy-MM-dd" ? {} : { format: date }), nothing };
  if (all((value) => ISO_TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value.slice(0, 10))))) {
    return { type: "timestamp", nothing };
  }
  const timestamp = fitting(TIMESTAMP_FORMATS, "timestamp");
  if (timestamp !== undefined) return { type: "timestamp", format: timestamp, nothing };
  // Among words, a dash or a question mark may mean itself.
  return { type: "string", nothing: nothing.filter((token) => token !== "-" && token !== "?" && token !== "--") };
}

/** Tells whether all texts of eight digits are days of the calendar: then they are dates. */
function compact(
  real: readonly string[],
  nothing: readonly string[],
  type: string,
): { type: string; format?: string; nothing: readonly string[] } {
  const days = real.every(
    (value) => /^(19|20)\d{6}$/.test(value) && isDay(value.slice(0, 4), value.slice(4, 6), value.slice(6)),
  );
  return days ? { type: "date", format: "yyyyMMdd", nothing } : { type, nothing };
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

function isCalendarDay(value: string, regex: RegExp, iso: readonly (number | string)[]): boolean {
  const match = regex.exec(value);
  const text = iso.map((part) => (typeof part === "number" ? (match?.[part] ?? "") : part)).join("");
  const [, year = "", month = "", day = ""] = /^(\d+)-(\d+)-(\d+)/.exec(text) ?? [];
  return isDay(year, month, day);
}

function isDay(year: string, month: string, day: string): boolean {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** Tells whether commas separate decimals, which they may where they do not separate columns. */
function findDecimalMark(columns: readonly (readonly string[])[], delimiter: string): "." | "," {
  if (delimiter === ",") return ".";
  const count = (pattern: RegExp) => columns.flat().filter((value) => pattern.test(value)).length;
  return count(/^[+-]?\d+,\d+$/) > count(/^[+-]?\d+\.\d+$/) ? "," : ".";
}

/** Makes column names of header names: in snake_case, and each only once. */
function uniqueNames(sources: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return sources.map((source) => {
    const plain = source
      .replaceAll("ß", "ss")
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "");
    const base = (/^[a-z]/.test(plain) ? plain : `column_${plain}`.replace(/_$/, "")).slice(0, 120);
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
    taken.add(name);
    return name;
  });
}
