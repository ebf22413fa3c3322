/** Files as the world sends them, each with what is bad about it. */

import { gzipSync } from "node:zlib";
import iconv from "iconv-lite";

/** Every type there is; names that only fit regardless of case; an optional column; keys of both kinds. */
export const MEASUREMENTS = `
name: measurements
description: Everything that can go wrong in one table
owner: tests@example.org
source:
  delimiter: auto
  nullValues: ["", NA, "n/a"]
  header: { case: insensitive, extraColumns: ignore, allowEmpty: true }
columns:
  - { name: id, type: bigint, nullable: false }
  - { name: station, source: Station Name, type: string, nullable: false }
  - { name: day, type: date, nullable: false }
  - { name: count, type: int }
  - { name: ratio, type: double }
  - { name: amount, type: "decimal(10,2)" }
  - { name: large, type: "decimal(38,6)" }
  - { name: valid, type: boolean }
  - { name: seen, type: timestamp }
  - { name: note, type: string, optional: true }
partitioning:
  layout: hive
  keys:
    - { name: year, column: day, transform: year }
    - station
aggregates:
  - name: by_year
    groupBy: [year, valid]
    measures:
      - { name: rows, function: count }
      - { name: counted, function: count, column: count }
      - { name: total, function: sum, column: amount }
      - { name: ids, function: sum, column: id }
      - { name: avg_count, function: avg, column: count }
      - { name: first_day, function: min, column: day }
      - { name: last_seen, function: max, column: seen }
      - { name: stations, function: count_distinct, column: station }
  - name: by_station
    groupBy: [station]
    measures:
      - { name: rows, function: count }
      - { name: ratio, function: max, column: ratio }
  - name: by_note
    groupBy: [note]
    measures:
      - { name: rows, function: count }
quality:
  - { rule: range, column: count, min: -1000, max: 100000, reject: true }
  - { rule: pattern, column: note, pattern: "[^!]*", reject: true }
`;

const HEADER = "id,Station Name,day,count,ratio,amount,large,valid,seen,note";

const lines = (...rows: readonly string[]): string => [HEADER, ...rows, ""].join("\n");
/** A good row of this id, with some columns replaced. */
const row = (id: number | string, values: Readonly<Record<string, string>> = {}): string => {
  const good: Record<string, string> = {
    id: String(id),
    station: "Ny-Ålesund",
    day: "2021-03-04",
    count: "5",
    ratio: "0.5",
    amount: "12.34",
    large: "1.5",
    valid: "true",
    seen: "2021-03-04T05:06:07Z",
    note: "fine",
  };
  return Object.values({ ...good, ...values }).join(",");
};
const each = (column: string, values: readonly string[]): string =>
  lines(...values.map((value, i) => row(i + 1, { [column]: value })));

const NUMBERS = ["0", "-0", "+7", "007", " 8 ", "2147483647", "2147483648", "-2147483649", "9223372036854775808"];
const ODD_NUMBERS = ["", "NA", "n/a", "na", "1.5", "1e3", "0x10", "1_000", "٣", "--1", "1 000", "NaN", "Infinity"];

export interface DirtyFile {
  readonly title: string;
  readonly key: string;
  readonly body: string | Buffer;
  /** Rows in and rejected, so that two engines that are wrong alike are found out too; -1 where nobody has counted. */
  readonly rows: number;
  readonly rejected: number;
}

/** The same at every run: a linear congruential generator's choices. */
function noise(seed: number, alphabet: readonly string[], length: number): string {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return alphabet[Math.floor((state / 2 ** 32) * alphabet.length)] ?? "";
  }).join("");
}
const NOISE = [
  ...'"",,,,,,\n\n\r',
  "\r\n",
  " ",
  "\t",
  "7",
  "x",
  row(1),
  '"a"',
  '""',
  '",',
  '\n"',
  "é",
  "\u001e",
  "\ufffd",
];

const RAGGED = lines(
  row(1),
  "2,too,few",
  row(3),
  `${row(4)},one too many`,
  `5,"quoted, too",few`,
  "",
  "   ",
  "6",
  row(7),
);

export const FILES: readonly DirtyFile[] = [
  ...[1, 2, 3, 4, 5, 6].map((seed) => ({
    title: `nothing but noise, ${seed}`,
    key: `noise${seed}.csv`,
    body: `${HEADER}\n${noise(seed, NOISE, 4000)}`,
    rows: -1,
    rejected: -1,
  })),
  { title: "integers", key: "int.csv", body: each("count", [...NUMBERS, ...ODD_NUMBERS]), rows: 22, rejected: 14 },
  {
    title: "big integers",
    key: "bigint.csv",
    body: lines(...["9223372036854775807", "9223372036854775808", "-1", "x", ""].map((id) => row(id))),
    rows: 5,
    rejected: 3,
  },
  {
    title: "floating-point numbers",
    key: "double.csv",
    body: each(
      "ratio",
      [
        "1",
        "-1.25",
        ".5",
        "5.",
        "1e308",
        "1e309",
        "-1e-400",
        "1,5",
        "4.9e-324",
        "0.1",
        "1e5",
        "nan",
        "inf",
        "1.0f",
        "1d",
        "NA",
      ].map((v) => (v.includes(",") ? `"${v}"` : v)),
    ),
    rows: 16,
    rejected: 6,
  },
  {
    title: "decimals",
    key: "decimal.csv",
    body: each("amount", [
      "12.30",
      "12.345",
      "12.3400",
      "-0.00",
      "99999999.99",
      "100000000.00",
      "+1.5",
      ".05",
      "5.",
      "1e2",
      "00012.1",
      "$5",
      " 1.00 ",
    ]),
    rows: 13,
    rejected: 4,
  },
  {
    title: "wide decimals",
    key: "decimal38.csv",
    body: each("large", [
      "12345678901234567890123456789012.123456",
      "123456789012345678901234567890123.1",
      "-0.000001",
      "0.0000001",
      "1",
    ]),
    rows: 5,
    rejected: 2,
  },
  {
    title: "booleans",
    key: "boolean.csv",
    body: each("valid", ["true", "FALSE", "T", "f", "Yes", "no", "Y", "n", "1", "0", "2", "on", "", "wahr", " true "]),
    rows: 15,
    rejected: 3,
  },
  {
    title: "dates",
    key: "date.csv",
    body: each("day", [
      "2020-02-29",
      "2021-02-29",
      "2021-1-1",
      "2021-01-01 00:00:00",
      "0001-01-01",
      "0000-12-31",
      "9999-12-31",
      "10000-01-01",
      "1582-10-10",
      "1500-02-28",
      "04.03.2021",
      "",
      "2021-13-01",
      "+2021-01-01",
    ]),
    rows: 14,
    rejected: 10,
  },
  {
    title: "timestamps",
    key: "timestamp.csv",
    body: each("seen", [
      "2021-03-04 05:06:07",
      "2021-03-04T05:06",
      "2021-03-04T05:06:07.123456Z",
      "2021-03-04T05:06:07.123456789Z",
      "2021-03-04T05:06:07+05:30",
      "2021-03-04T23:59:59-11:00",
      "2021-03-04",
      "2021-03-04T24:00:00Z",
      "2021-03-04T05:06:60Z",
      "1969-12-31T23:59:59.999999Z",
      "1500-01-01T00:00:00Z",
      "0001-01-02T00:00:00Z",
      "yesterday",
      "1614834367",
      "2021-03-04t05:06:07z",
    ]),
    rows: 15,
    rejected: -1,
  },
  { title: "a byte order mark", key: "bom.csv", body: `\ufeff${lines(row(1), row(2))}`, rows: 2, rejected: 0 },
  {
    title: "UTF-16, little-endian",
    key: "utf16le.csv",
    body: iconv.encode(lines(row(1, { note: "grün 😀 漢" }), "2,x"), "utf-16le", { addBOM: true }),
    rows: 2,
    rejected: 1,
  },
  {
    title: "UTF-16, big-endian",
    key: "utf16be.csv",
    body: iconv.encode(lines(row(1, { note: "é" })), "utf-16be", { addBOM: true }),
    rows: 1,
    rejected: 0,
  },
  {
    title: "UTF-16 with half a character",
    key: "utf16bad.csv",
    body: Buffer.concat([
      iconv.encode(lines(row(1)), "utf-16le", { addBOM: true }),
      iconv.encode(row(2, { note: "x\ud800y" }), "utf-16le"),
    ]),
    rows: 2,
    rejected: -1,
  },
  {
    title: "Latin-1 with the bytes that Windows reads otherwise",
    key: "latin1.csv",
    body: iconv.encode(lines(row(1, { note: "Möwe" }), row(2, { note: "\u0080\u0099" })), "latin1"),
    rows: 2,
    rejected: 0,
  },
  {
    title: "bytes that are no UTF-8",
    key: "invalid.csv",
    body: Buffer.concat([
      Buffer.from(lines(row(1, { note: "é" }))),
      Buffer.from("2,Ny-"),
      Buffer.from([0xff, 0xc3]),
      Buffer.from(`${row(2).slice(4)}\n${row(3)}\n4,`),
      Buffer.from([0xe2, 0x82]),
      Buffer.from(",short\n"),
    ]),
    rows: 4,
    rejected: 2,
  },
  {
    title: "the replacement character itself",
    key: "fffd.csv",
    body: lines(row(1, { note: "a\ufffdb" }), row(2)),
    rows: 2,
    rejected: 1,
  },
  {
    title: "gzip under a .csv name",
    key: "gzip.csv",
    body: gzipSync(lines(row(1), row(2, { count: "x" }))),
    rows: 2,
    rejected: 1,
  },
  {
    title: "gzip of two members",
    key: "gzip2.csv.gz",
    body: Buffer.concat([gzipSync(lines(row(1))), gzipSync(`${row(2)}\n`)]),
    rows: 2,
    rejected: 0,
  },
  { title: "semicolons", key: "semicolon.csv", body: lines(row(1), row(2)).replaceAll(",", ";"), rows: 2, rejected: 0 },
  {
    title: "tabs",
    key: "tab.txt",
    body: lines(row(1), row(2, { note: '"a\tb"\t' })).replaceAll(",", "\t"),
    rows: 2,
    rejected: 1,
  },
  { title: "ragged rows and blank lines", key: "ragged.csv", body: RAGGED, rows: 8, rejected: 5 },
  {
    title: "CRLF, and a quoted one",
    key: "crlf.csv",
    body: lines(row(1), row(2, { note: '"two\nlines"' }), "3,x").replaceAll("\n", "\r\n"),
    rows: 3,
    rejected: 1,
  },
  {
    title: "CRLF, and LF within quotes",
    key: "crlf-lf.csv",
    body: `${lines(row(1), row(2)).replaceAll("\n", "\r\n")}${row(3, { note: '"two\nlines"' })}\r\n4,"odd\none"\r\n`,
    rows: 4,
    rejected: 1,
  },
  {
    title: "LF, and CRLF and CR within quotes",
    key: "lf-crlf.csv",
    body: lines(row(1, { note: '"a\r\nb"' }), row(2, { note: '"a\rb"' }), '3,"odd\r\none"'),
    rows: 3,
    rejected: 1,
  },
  {
    title: "all line ends at once",
    key: "ends.csv",
    body: `${HEADER}\r${row(1)}\r\n${row(2)}\n\r\n${row(3)}\r\r${row(4)}\r`,
    rows: 4,
    rejected: 0,
  },
  { title: "no line end at the end", key: "noend.csv", body: lines(row(1), row(2)).trimEnd(), rows: 2, rejected: 0 },
  {
    title: "quoted newlines, delimiters and quotes",
    key: "quotes.csv",
    body: lines(
      row(1, { note: '"a\n""b"",\nc"' }),
      row(2, { note: '5" pipe' }),
      row(3, { note: ' "x"' }),
      row(4, { note: '"x" ' }),
      row(5, { note: '""' }),
      row(6, { note: "" }),
    ),
    rows: 6,
    rejected: 1,
  },
  {
    title: "malformed quotes",
    key: "malformed.csv",
    body: lines(row(1, { note: '"a"b' }), row(2), `3,"x"y,"1\n2",z`, row(4), row(5, { note: '"a""' })),
    rows: 6,
    rejected: 4,
  },
  {
    title: "a quote never closed",
    key: "unclosed.csv",
    body: lines(row(1), row(2, { note: '"open' }), row(3), row(4)),
    rows: 4,
    rejected: 1,
  },
  {
    title: "a reordered header in another case",
    key: "reordered.csv",
    body: "SEEN,Valid,large,amount,ratio,count,day,station name,ID\n,true,1,1.00,2,3,2022-01-01,Å,9\n,true,1,1.00,2,3,2022-01-01,Å,x\n",
    rows: 2,
    rejected: 1,
  },
  {
    title: "columns nobody asked for",
    key: "extra.csv",
    body: `extra,${HEADER},"an, other"\nx,${row(1)},y\nx,${row(2)}\n`,
    rows: 2,
    rejected: 1,
  },
  {
    title: "odd characters in values and partitions",
    key: "odd.csv",
    body: lines(
      ...[
        "a/b",
        "a=b",
        "50%",
        "a b+c",
        "%41",
        "x:y",
        "'q'",
        "日本",
        "#?*[]{}^\\",
        "~",
        "   ",
        "NA",
        "x".repeat(129),
        "😀".repeat(128),
        ".",
      ].map((station, i) => row(i + 1, { station })),
      row(20, { note: "tab\there" }),
      row(21, { note: "\u001d\u001e\u001f0" }),
      row(22, { note: '"{""json"": \\u0041}"' }),
      row(23, { note: "shout!" }),
      row(24, { note: "<&'>/\u007f\u0085" }),
    ),
    rows: 20,
    rejected: -1,
  },
  {
    title: "values that read like SQL and variables",
    key: "sql.csv",
    body: lines(
      row(1, { note: "${env:HOME} $1 \\1 ' -- ;" }),
      row("${x}"),
      row("'; DROP TABLE rows"),
      row(4, { count: "$0" }),
    ),
    rows: 4,
    rejected: 3,
  },
  { title: "nothing but a header", key: "empty.csv", body: `${HEADER}\n`, rows: 0, rejected: 0 },
  {
    title: "a key of blanks, plus signs and percents",
    key: "a b+c%2Bd/ü😀 (1).csv",
    body: lines(row(1)),
    rows: 1,
    rejected: 0,
  },
  {
    title: "many rows over many blocks",
    key: "many.csv",
    body: lines(
      ...Array.from({ length: 30_000 }, (_, i) =>
        row(i, { count: i % 1000 === 0 ? "?" : String(i), note: i % 7000 === 0 ? '"multi\nline"' : "plain" }),
      ),
    ),
    rows: 30_000,
    rejected: 30,
  },
];

/** Formats, decimal commas, folder names, single quotes. */
export const SALES = `
name: sales
description: A table of another country
owner: tests@example.org
source:
  delimiter: ";"
  quote: "'"
  decimal: ","
columns:
  - { name: sold, type: date, format: dd/MM/yyyy, nullable: false }
  - { name: at, type: timestamp, format: "yyyyMMdd'T'HHmmss", nullable: false }
  - { name: price, type: "decimal(8,2)" }
  - { name: weight, type: double }
  - { name: shop, type: int, nullable: false }
partitioning:
  layout: folder
  keys: [sold, shop]
aggregates:
  - name: by_day
    groupBy: [sold, shop]
    measures: [{ name: revenue, function: sum, column: price }, { name: heaviest, function: max, column: weight }]
`;

export const SALES_FILE = [
  "sold;at;price;weight;shop",
  "01/02/2024;20240201T101112;'1,50';1,5;1",
  "01/02/2024;20240201T101113;2,25;;1",
  "31/02/2024;20240201T101112;1;1;1",
  "1/2/2024;20240201T101112;1;1;1",
  "02/02/2024;20240201T251112;1.5;1;2",
  "02/02/2024;20240201T231112;-3;1e3;2",
  "02/02/2024;20240201T231112;'it''s';;2",
  "",
].join("\n");

/** One column, no partitions, one aggregate over all. */
export const WORDS = `
name: words
description: A list
owner: tests@example.org
source: { header: { allowEmpty: true } }
columns: [{ name: word, type: string, nullable: false }]
aggregates: [{ name: counts, groupBy: [word], measures: [{ name: n, function: count }] }]
`;

export const DAYS = `
name: days
description: Few rows in many partitions
owner: tests@example.org
source: { header: { allowEmpty: true } }
columns:
  - { name: day, type: date, nullable: false }
  - { name: value, type: int }
partitioning: { layout: hive, keys: [day] }
aggregates: [{ name: sums, groupBy: [day], measures: [{ name: total, function: sum, column: value }] }]
`;
