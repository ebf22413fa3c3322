/** Reads the header of a delimited file from its first bytes, and compares it with a contract. */

import didYouMean from "didyoumean2";
import { Gunzip } from "fflate";
import type { CompiledContract } from "./compiled";
import type { Dialect, Verdict, VerdictReason } from "./flow";

/** The part of a compiled contract that `readHeader` needs. */
export type HeaderSource = CompiledContract["source"];

export type HeaderReading =
  | { readonly ok: true; readonly dialect: Dialect; readonly columns: readonly string[] }
  | { readonly ok: false; readonly reason: VerdictReason; readonly message: string };

/** The number of bytes of a file that are read to judge it. A longer header is refused. */
export const HEADER_WINDOW = 64 * 1024;

/** The number of bytes that are inflated: gzip may inflate a thousandfold, which no header needs. */
const MAX_INFLATED = 1024 * 1024;

const DELIMITERS = [",", ";", "\t", "|"] as const;

const SIGNATURES: readonly { readonly bytes: readonly number[]; readonly what: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: "a zip archive or an Office document" },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: "a Parquet file" },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: "a PDF document" },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: "an old Office document" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: "zstd data" },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "xz data" },
  { bytes: [0x42, 0x5a, 0x68], what: "bzip2 data" },
  { bytes: [0x4f, 0x62, 0x6a, 0x01], what: "an Avro file" },
  { bytes: [0x4f, 0x52, 0x43], what: "an ORC file" },
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: "a PNG picture" },
];

/**
 * Reads the header from a file's first bytes.
 *
 * @param bytes The beginning of the object, as stored.
 * @param source How the contract says the file is written.
 * @param options With `complete`, the bytes are the whole object. `expected` holds the contract's header names, which decide
 * between delimiters where the contract leaves the choice.
 */
export function readHeader(
  bytes: Uint8Array,
  source: HeaderSource,
  options: { readonly complete: boolean; readonly expected?: readonly string[] },
): HeaderReading {
  if (bytes.length === 0) return refuse("empty-file", "The file is empty.");
  let { complete } = options;
  let plain = bytes;
  let compression: Dialect["compression"] = "none";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const inflated = inflate(bytes);
    if (inflated === undefined) return refuse("not-csv", "The file starts as gzip but cannot be decompressed.");
    compression = "gzip";
    plain = inflated.bytes;
    complete &&= inflated.whole;
    if (plain.length === 0 && complete) return refuse("empty-file", "The compressed file is empty.");
  }
  for (const { bytes: magic, what } of SIGNATURES) {
    if (startsWith(plain, magic)) return refuse("not-csv", `The file is ${what}, not delimited text.`);
  }
  const encoding = findEncoding(plain, source.encoding, complete);
  if ("reason" in encoding) return encoding;
  const text = decode(plain, encoding, complete);
  const start = skipBlankLines(text, 0);
  if (start === text.length) {
    return complete
      ? refuse("empty-file", "The file holds nothing but blank lines.")
      : refuse("header-too-long", tooLong("blank lines"));
  }
  const shape = /^\s*(?:(\{|\[\s*[{[])|<(?:\?xml|!doctype|html))/i.exec(text.slice(start, start + 200));
  if (shape !== null) {
    return refuse(
      "not-csv",
      `The file looks like ${shape[1] === undefined ? "XML or HTML" : "JSON"}, not delimited text.`,
    );
  }
  const reader = (delimiter: string) => readRecord(text, start, delimiter, source.quote, complete);
  const delimiter = findDelimiter(text, start, source, complete, options.expected);
  if ("reason" in delimiter) return delimiter;
  const record = reader(delimiter.delimiter);
  if (record === "endless") {
    return complete
      ? refuse("not-csv", `A quote in the header is never closed: ${show(text.slice(start, start + 40))}.`)
      : refuse("header-too-long", tooLong("header"));
  }
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/.exec(text.slice(start, record.end));
  if (control !== null) {
    return control[0] === "\ufffd"
      ? refuse("encoding", `The header holds bytes that are not ${encoding.encoding}.`)
      : refuse("not-csv", "The header holds control characters: this is not delimited text.");
  }
  if (complete && !source.header.allowEmpty && skipBlankLines(text, record.end) === text.length) {
    return refuse("header-only", "The file has a header but no rows.");
  }
  return {
    ok: true,
    dialect: { ...encoding, delimiter: delimiter.delimiter, quote: source.quote, compression },
    columns: record.fields.map((field) => field.trim()),
  };
}

function refuse(reason: VerdictReason, message: string): { ok: false; reason: VerdictReason; message: string } {
  return { ok: false, reason, message };
}

function tooLong(what: string): string {
  return `The ${what} at the beginning of the file may take ${HEADER_WINDOW / 1024} KiB at most; the rows do not begin there.`;
}

function show(text: string): string {
  return JSON.stringify(text);
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}

/** Decompresses as much as possible of the beginning of a gzip stream; undefined when the bytes are not gzip. */
export function inflate(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly whole: boolean } | undefined {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const gunzip = new Gunzip((chunk) => {
    chunks.push(chunk);
    size += chunk.length;
  });
  const STEP = 1024;
  let fed = 0;
  try {
    while (fed < bytes.length && size < MAX_INFLATED) {
      gunzip.push(bytes.subarray(fed, fed + STEP), false);
      fed += STEP;
    }
  } catch {
    if (size === 0) return undefined;
  }
  return { bytes: Buffer.concat(chunks), whole: size < MAX_INFLATED && fed >= bytes.length };
}

type Encoding = Pick<Dialect, "encoding" | "bom">;

function findEncoding(
  bytes: Uint8Array,
  declared: HeaderSource["encoding"],
  complete: boolean,
): Encoding | { ok: false; reason: VerdictReason; message: string } {
  const found = encodingOf(bytes, declared, complete);
  if (found === undefined) {
    return refuse("not-csv", "The file holds binary data: bytes that occur in no text.");
  }
  const family = found.encoding.startsWith("utf-16") ? "utf-16" : found.encoding;
  if (declared === "auto" || declared === family) return found;
  return refuse(
    "encoding",
    found.bom || family === "utf-16"
      ? `The file is ${family}, the contract says ${declared}.`
      : `The file is not ${declared}, as the contract says; it looks like ${family}.`,
  );
}

function encodingOf(bytes: Uint8Array, declared: HeaderSource["encoding"], complete: boolean): Encoding | undefined {
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) return { encoding: "utf-8", bom: true };
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff])) return undefined;
  if (startsWith(bytes, [0xff, 0xfe])) return { encoding: "utf-16le", bom: true };
  if (startsWith(bytes, [0xfe, 0xff])) return { encoding: "utf-16be", bom: true };
  const nuls = [0, 0];
  for (const [i, byte] of bytes.entries()) if (byte === 0) nuls[i % 2] = (nuls[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = nuls;
  if (even + odd > 0) {
    // Delimiters and line ends alone give UTF-16 text many NULs on the one side and none on the other.
    if (odd > bytes.length / 20 && even === 0) return { encoding: "utf-16le", bom: false };
    if (even > bytes.length / 20 && odd === 0) return { encoding: "utf-16be", bom: false };
    return undefined;
  }
  if (declared === "latin-1") return { encoding: "latin-1", bom: false };
  // One broken character among good ones makes its row malformed, not the file.
  if (declared === "utf-8" || looksLikeUtf8(bytes, complete)) return { encoding: "utf-8", bom: false };
  return { encoding: "latin-1", bom: false };
}

/** Tells whether bytes are UTF-8, or at least some characters of several bytes in them are. The last one may be cut off. */
function looksLikeUtf8(bytes: Uint8Array, complete: boolean): boolean {
  const decode = (fatal: boolean): string => new TextDecoder("utf-8", { fatal }).decode(bytes, { stream: !complete });
  try {
    decode(true);
    return true;
  } catch {
    return /[^\0-\x7f\ufffd]/.test(decode(false));
  }
}

function decode(bytes: Uint8Array, { encoding, bom }: Encoding, complete: boolean): string {
  if (encoding === "latin-1") return Buffer.from(bytes).toString("latin1");
  const skip = !bom ? 0 : encoding === "utf-8" ? 3 : 2;
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(skip), { stream: !complete });
}

function skipBlankLines(text: string, from: number): number {
  let at = from;
  while (at < text.length && (text[at] === "\n" || text[at] === "\r")) at++;
  return at;
}

interface TextRecord {
  readonly fields: readonly string[];
  /** The position at which the record's line end begins. */
  readonly end: number;
}

/** Reads one record of delimited text; `endless` when it does not end within the text. */
function readRecord(
  text: string,
  start: number,
  delimiter: string,
  quote: string,
  complete: boolean,
): TextRecord | "endless" {
  const fields: string[] = [];
  let field = "";
  let at = start;
  for (;;) {
    if (text[at] === quote && field === "") {
      at++;
      for (;;) {
        const close = text.indexOf(quote, at);
        if (close === -1) return "endless";
        field += text.slice(at, close);
        at = close + 1;
        if (text[at] !== quote) break;
        field += quote;
        at++;
      }
    }
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") field += text[at++];
    if (at < text.length && text[at] === delimiter) {
      fields.push(field);
      field = "";
      at++;
      continue;
    }
    if (at === text.length && !complete) return "endless";
    fields.push(field);
    return { fields, end: at };
  }
}

function findDelimiter(
  text: string,
  start: number,
  source: HeaderSource,
  complete: boolean,
  expected: readonly string[] | undefined,
): { delimiter: string } | { ok: false; reason: VerdictReason; message: string } {
  const wanted = new Set(expected?.map((name) => name.toLowerCase()));
  const tried = DELIMITERS.map((delimiter) => {
    const record = readRecord(text, start, delimiter, source.quote, complete);
    const fields = record === "endless" ? [] : record.fields;
    const known = fields.filter((field) => wanted.has(field.trim().toLowerCase())).length;
    return { delimiter, fields: fields.length, known };
  });
  const best = tried.reduce((a, b) => (b.known > a.known || (b.known === a.known && b.fields > a.fields) ? b : a));
  const oneColumn = expected !== undefined && expected.length <= 1;
  if (source.delimiter === "auto") {
    if (best.fields > 1 || best.known > 0 || oneColumn || tried.every((one) => one.fields === 0)) {
      return { delimiter: best.fields > 1 ? best.delimiter : "," };
    }
    return refuse("delimiter", `The header holds none of the delimiters ${DELIMITERS.map(show).join(" ")}.`);
  }
  const own = tried.find((one) => one.delimiter === source.delimiter);
  if (own?.fields === 1 && best.fields > 1 && own.known === 0 && !oneColumn) {
    return refuse(
      "delimiter",
      `The contract says the columns are separated by ${show(source.delimiter)}; in this file it seems to be ${show(best.delimiter)}.`,
    );
  }
  return { delimiter: source.delimiter };
}

/** The differences between a contract's header and a file's. */
export type HeaderComparison = Pick<Verdict, "missing" | "unexpected" | "duplicates" | "renamed" | "order"> & {
  readonly ok: boolean;
  /** A sentence for the uploader when it is not ok. */
  readonly message?: string;
};

/** Compares a file's columns with the contract's. */
export function compareHeader(
  contract: Pick<CompiledContract, "source" | "plan">,
  columns: readonly string[],
): HeaderComparison {
  const { header } = contract.source;
  const fold = (name: string) => (header.case === "insensitive" ? name.toLowerCase() : name);
  const known = new Map(contract.plan.columns.map((column, i) => [fold(column.source), { ...column, index: i }]));
  const counts = new Map<string, number>();
  for (const column of columns) counts.set(fold(column), (counts.get(fold(column)) ?? 0) + 1);
  const missing = contract.plan.columns.filter((c) => !counts.has(fold(c.source)) && !c.optional).map((c) => c.source);
  const absent = contract.plan.columns.filter((c) => !counts.has(fold(c.source))).map((c) => c.source);
  const unexpected = columns.filter((column) => !known.has(fold(column)));
  const duplicates = [
    ...new Set(columns.filter((column) => known.has(fold(column)) && (counts.get(fold(column)) ?? 0) > 1)),
  ];
  const renamed = findRenamed(absent, unexpected);
  const indices = columns.map((column) => known.get(fold(column))?.index).filter((index) => index !== undefined);
  const order = indices.every((index, i) => i === 0 || index > (indices[i - 1] ?? -1)) ? "same" : "different";
  // An optional column under a slightly wrong name would silently stay empty.
  const misspelt = renamed.filter(({ expected }) => !missing.includes(expected));
  const problems = [
    ...(missing.length > 0 ? [`missing: ${list(missing)}`] : []),
    ...(header.extraColumns === "reject" && unexpected.length > 0 ? [`not in the contract: ${list(unexpected)}`] : []),
    ...(header.extraColumns === "ignore" && misspelt.length > 0
      ? [`not in the contract: ${list(misspelt.map(({ found }) => found))}`]
      : []),
    ...(duplicates.length > 0 ? [`more than once: ${list(duplicates)}`] : []),
    ...(header.ordered && order === "different" && duplicates.length === 0
      ? [`not in the contract's order: ${list(contract.plan.columns.map((column) => column.source))}`]
      : []),
  ];
  if (problems.length === 0) return { ok: true, missing, unexpected, duplicates, renamed, order };
  const hints = renamed.map(({ expected, found }) => `${show(found)} may be meant for ${show(expected)}`);
  const message = `The header does not fit the contract. Columns ${[...problems, ...hints].join("; ")}.`;
  return { ok: false, message, missing, unexpected, duplicates, renamed, order };
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(show).join(", ");
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

function findRenamed(absent: readonly string[], unexpected: readonly string[]): HeaderComparison["renamed"] {
  const left = [...unexpected];
  const take = (expected: string, found: string | undefined) => {
    if (found === undefined) return [];
    left.splice(left.indexOf(found), 1);
    return [{ expected, found }];
  };
  const bare = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const alike = absent.flatMap((expected) =>
    take(
      expected,
      left.find((found) => bare(found) === bare(expected)),
    ),
  );
  const close = absent
    .filter((expected) => !alike.some((pair) => pair.expected === expected) && expected.length > 2)
    .flatMap((expected) => take(expected, didYouMean(expected, left, { threshold: 0.6 }) ?? undefined));
  return [...alike, ...close];
}

/** Finds each of the plan's columns in the file: its position, or undefined where an optional column is missing. */
export function bindColumns(
  plan: Pick<CompiledContract["plan"], "columns" | "headerCase">,
  columns: readonly string[],
): readonly (number | undefined)[] {
  const fold = (name: string) => (plan.headerCase === "insensitive" ? name.toLowerCase() : name);
  const folded = columns.map(fold);
  return plan.columns.map(({ source }) => {
    const index = folded.indexOf(fold(source));
    return index === -1 ? undefined : index;
  });
}
