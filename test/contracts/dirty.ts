/**
 * Values as they come in real files, and what is to become of them: the typed value as text, `null` for a missing one, or
 * the reason for which the row is rejected. Whatever engine runs the plan has to agree.
 */

export const DIRTY_CONTRACT = `name: dirty
description: One column of every kind
owner: data@example.org
source: { nullValues: ["", NA, "null"] }
columns:
  - { name: s, source: "The $\{S\} 'quoted' \\"x\\" \\\\ name", type: string }
  - { name: req, type: string, nullable: false }
  - { name: i, type: int }
  - { name: b, type: bigint }
  - { name: d, type: double }
  - { name: m, type: "decimal(5,2)" }
  - { name: m0, type: "decimal(4,0)" }
  - { name: m2, type: "decimal(2,2)" }
  - { name: big, type: "decimal(38,10)" }
  - { name: t, type: boolean }
  - { name: day, type: date }
  - { name: day2, type: date, format: d/M/yyyy }
  - { name: day3, type: date, format: dd-MM-yy }
  - { name: ts, type: timestamp }
  - { name: ts2, type: timestamp, format: "dd.MM.yyyy 'at' H:mm:ss.S XXX" }
  - { name: ts3, type: timestamp, format: yyyyMMddHH }
  - { name: at, type: date, nullable: false }
  - { name: p, type: string, nullable: false }
partitioning:
  keys: [p, { name: year, column: at, transform: year }, { name: month, column: at, transform: month }]
quality:
  - { rule: values, column: s, in: ["it's", "a\\\\b", "$\{x\}", ok, é, "😀"], reject: true }
  - { rule: range, column: i, min: -5, max: 100, reject: true }
  - { rule: range, column: d, min: -1.5e10, reject: true }
  - { rule: range, column: m, max: 99.5, reject: true }
  - { rule: pattern, column: req, pattern: "[A-Z]\\\\d+(?:-x|\\\\.y)?|ok", reject: true }
`;

/** Texts by column, each with the value it must become. */
export const ACCEPTED: Readonly<Record<string, readonly (readonly [string | null, string | null])[]>> = {
  s: [
    ["ok", "ok"],
    ["it's", "it's"],
    ["a\\b", "a\\b"],
    ["${x}", "${x}"],
    ["é", "é"],
    ["😀", "😀"],
    [" NA ", null],
    ["NA", null],
    ["", null],
    [null, null],
  ],
  req: [
    ["ok", "ok"],
    ["A1", "A1"],
    ["B22-x", "B22-x"],
    ["C3.y", "C3.y"],
  ],
  i: [
    ["1", "1"],
    ["-5", "-5"],
    ["+7", "7"],
    [" 42 ", "42"],
    ["\t42\r", "42"],
    ["007", "7"],
    ["", null],
    ["null", null],
    [" ", null],
  ],
  b: [
    ["9223372036854775807", "9223372036854775807"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["000000000000000000000000000009", "9"],
  ],
  d: [
    ["1.5", "1.5"],
    ["-1.5e10", "-15000000000"],
    ["1e-999", "0"],
    [".5", "0.5"],
    ["5.", "5"],
    ["1E+5", "100000"],
    ["4.9e-324", "5e-324"],
    ["123456789.123456789123456789", "123456789.12345679"],
    ["1e308", "1e+308"],
    [" 2.5 ", "2.5"],
  ],
  m: [
    ["1", "1.00"],
    ["1.230", "1.23"],
    ["-999.99", "-999.99"],
    ["99.5", "99.50"],
    ["0001.10", "1.10"],
    [".5", "0.50"],
    ["5.", "5.00"],
    ["-.50", "-0.50"],
    ["+3", "3.00"],
  ],
  m0: [
    ["1", "1"],
    ["1.0", "1"],
    ["9999", "9999"],
    ["0.", "0"],
    [".0", "0"],
    ["-0", "0"],
    ["007.00", "7"],
  ],
  m2: [
    ["0.5", "0.50"],
    [".55", "0.55"],
    ["0", "0.00"],
    ["00.10", "0.10"],
    ["-.99", "-0.99"],
    ["0.", "0.00"],
  ],
  big: [
    ["1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789"],
    ["-0.0000000001", "-0.0000000001"],
  ],
  t: [
    ["true", "true"],
    ["FALSE", "false"],
    ["T", "true"],
    ["f", "false"],
    ["yes", "true"],
    ["No", "false"],
    ["1", "true"],
    ["0", "false"],
    [" tRuE ", "true"],
  ],
  day: [
    ["2013-01-31", "2013-01-31"],
    ["2012-02-29", "2012-02-29"],
    ["1582-10-10", "1582-10-10"],
    ["1000-01-01", "1000-01-01"],
    ["9999-12-31", "9999-12-31"],
    [" 2013-01-31 ", "2013-01-31"],
  ],
  day2: [
    ["1/2/2013", "2013-02-01"],
    ["31/12/2013", "2013-12-31"],
    ["01/02/2013", "2013-02-01"],
  ],
  day3: [
    ["01-02-13", "2013-02-01"],
    ["31-12-99", "2099-12-31"],
  ],
  ts: [
    ["2013-01-01T10:00:00Z", "2013-01-01 10:00:00"],
    ["2013-01-01 10:00:00", "2013-01-01 10:00:00"],
    ["2013-01-01T10:00", "2013-01-01 10:00:00"],
    ["2013-01-01 10:00:00.5", "2013-01-01 10:00:00.5"],
    ["2013-01-01 10:00:00.123456789", "2013-01-01 10:00:00.123456"],
    ["2013-01-01T10:00:00+05:30", "2013-01-01 04:30:00"],
    ["2013-01-01T10:00:00.25-14:59", "2013-01-02 00:59:00.25"],
    ["2013-01-01T10:00+01:00", "2013-01-01 09:00:00"],
    ["2013-01-01T10:00:00.1234567+01:00", "2013-01-01 09:00:00.123456"],
    ["2013-03-31T02:30:00Z", "2013-03-31 02:30:00"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31 23:59:59.999999"],
  ],
  ts2: [
    ["01.02.2013 at 9:05:00.5 Z", "2013-02-01 09:05:00.5"],
    ["01.02.2013 at 19:05:00.123456 +02:00", "2013-02-01 17:05:00.123456"],
  ],
  ts3: [["2013020109", "2013-02-01 09:00:00"]],
  at: [["2014-12-31", "2014-12-31"]],
  p: [
    ["a/b=c", "a/b=c"],
    ["é%", "é%"],
    ["y".repeat(128), "y".repeat(128)],
  ],
};

const not = (type: string, texts: readonly string[]) =>
  texts.map((text) => [text, `expected ${type}, found "${text}"`] as const);

/** Texts by column, each with the reason it must be rejected for, without the column's name. */
export const REJECTED: Readonly<Record<string, readonly (readonly [string | null, string])[]>> = {
  s: [
    ["other", `expected one of "it's", "a\\b", "\${x}", "ok", "é", "😀", found "other"`],
    [" ok", `expected one of "it's", "a\\b", "\${x}", "ok", "é", "😀", found " ok"`],
    ["😀".repeat(300), `expected one of "it's", "a\\b", "\${x}", "ok", "é", "😀", found "${"😀".repeat(100)}…"`],
  ],
  req: [
    ["C3zy", 'expected to match [A-Z]\\d+(?:-x|\\.y)?|ok, found "C3zy"'],
    ["A1\n", 'expected to match [A-Z]\\d+(?:-x|\\.y)?|ok, found "A1\n"'],
    ["NA", 'a value is required, found "NA"'],
    [null, 'a value is required, found ""'],
  ],
  i: [
    ...not("int", [
      "1.0",
      "1.5",
      "abc",
      "2147483648",
      "-2147483649",
      "1_0",
      "1e2",
      "0x1F",
      "--1",
      "+",
      "٣",
      "NaN",
      "1,0",
      "\u00a05",
    ]),
    ["101", 'expected at most 100, found "101"'],
    ["-6", 'expected at least -5, found "-6"'],
  ],
  b: not("bigint", ["9223372036854775808", "-9223372036854775809", "1L", "1."]),
  d: [
    ...not("double", ["1e999", "-1e999", "NaN", "Infinity", "-inf", ".", "1d", "1f", "0x1p3", "1e", "1,5", "1 2"]),
    ["-1.6e10", 'expected at least -15000000000, found "-1.6e10"'],
  ],
  m: [...not("decimal(5,2)", ["1.235", "1000", "1e2", "1.2.3"]), ["99.51", 'expected at most 99.5, found "99.51"']],
  m0: not("decimal(4,0)", ["1.5", "10000", "."]),
  m2: not("decimal(2,2)", ["1", "0.999", "."]),
  big: not("decimal(38,10)", ["12345678901234567890123456789", "0.00000000001", "1e3"]),
  t: not("boolean", ["2", "on"]),
  day: not("date", [
    "2013-02-29",
    "2013-1-5",
    "0000-01-01",
    "0999-01-01",
    "10000-01-01",
    "2013-13-01",
    "2013-00-10",
    "2013-01-31T00:00",
    "epoch",
    "today",
    "infinity",
    "2013/01/31",
  ]),
  day2: not("date (d/M/yyyy)", ["30/2/2013", "1/13/2013", "1/2/13", "2013-01-01", "32/1/2013", "0/1/2013"]),
  day3: not("date (dd-MM-yy)", ["30-02-13", "1-2-13"]),
  ts: not("timestamp", [
    "2013-01-01T23:59:60Z",
    "2013-01-01T24:00:00",
    "2013-02-30T10:00:00",
    "2013-01-01",
    "2013-01-01T10:00:00 Z",
    "2013-01-01T10:00:00+0530",
    "2013-01-01T10:00:00 UTC",
    "now",
    "2013-01-01T10:00:00.",
    "2013-01-01T1:00:00",
  ]),
  ts2: not("timestamp (dd.MM.yyyy 'at' H:mm:ss.S XXX)", [
    "31.02.2013 at 9:05:00.5 Z",
    "01.02.2013 at 25:05:00.5 Z",
    "01.02.2013 9:05:00.5 Z",
    "01x02x2013 at 9:05:00.5 Z",
  ]),
  ts3: not("timestamp (yyyyMMddHH)", ["2013020124", "2013023001", "20130201", "201302010"]),
  at: [
    ["", 'a value is required, found ""'],
    ["2013-02-30", 'expected date, found "2013-02-30"'],
  ],
  p: [
    ["  ", 'a value is required, found "  "'],
    ["y".repeat(129), `expected at most 128 characters to partition by, found "${"y".repeat(100)}…"`],
  ],
};

/** What the columns hold in rows that are about another one. */
const UNEVENTFUL: Readonly<Record<string, string>> = { s: "ok", req: "ok", at: "2013-05-06", p: "x" };

export interface DirtyRow {
  /** Texts by column name. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly column: string;
  readonly expected: { readonly value: string | null } | { readonly reason: string };
}

/** A row for each of the texts. */
export function dirtyRows(): readonly DirtyRow[] {
  const names = Object.keys(ACCEPTED);
  const row = (column: string, text: string | null) =>
    Object.fromEntries(names.map((name) => [name, name === column ? text : (UNEVENTFUL[name] ?? "")]));
  return names.flatMap((column) => [
    ...(ACCEPTED[column] ?? []).map(([text, value]) => ({ values: row(column, text), column, expected: { value } })),
    ...(REJECTED[column] ?? []).map(([text, reason]) => ({
      values: row(column, text),
      column,
      expected: { reason: `${column}: ${reason}` },
    })),
  ]);
}
