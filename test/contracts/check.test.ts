import { deepEqual, equal, match } from "node:assert/strict";
import { contractText, problemsOf } from "./fixtures";

const COLUMNS = [
  "  - { name: id, type: int, nullable: false }",
  "  - { name: shop, type: string, nullable: false }",
  "  - { name: amount, type: double }",
  "  - { name: ordered, type: date, nullable: false }",
  "  - { name: paid, type: timestamp, nullable: false }",
  "  - { name: note, type: string }",
].join("\n");

/** What is wrong, the part of the contract, and what must be said about it. */
const CASES: readonly (readonly [string, string, RegExp])[] = [
  ["an unknown partition column", "partitioning: { keys: [shpo] }", /"shpo" is not a column \(did you mean "shop"\?\)/],
  ["a nullable partition column", "partitioning: { keys: [note] }", /"note" must have nullable: false/],
  ["a partition column of a type that makes no folder", "partitioning: { keys: [paid] }", /"paid" is timestamp/],
  ["a partition key twice", "partitioning: { keys: [shop, shop] }", /"shop" is a key twice/],
  [
    "a derived key named like a column",
    "partitioning: { keys: [{ name: shop, column: ordered, transform: year }] }",
    /"shop" is already a column/,
  ],
  [
    "the year of a number",
    "partitioning: { keys: [{ name: y, column: id, transform: year }] }",
    /date or timestamp only; "id" is int/,
  ],
  [
    "the date of a date",
    "partitioning: { keys: [{ name: d, column: ordered, transform: date }] }",
    /is a date already/,
  ],
  ["projection without ranges", "partitioning: { layout: projection, keys: [shop] }", /what "shop" ranges over/],
  [
    "ranges without projection",
    "partitioning: { keys: [shop], projection: { shop: { values: [a] } } }",
    /only layout projection has ranges/,
  ],
  [
    "a range of something else",
    "partitioning: { layout: projection, keys: [shop], projection: { shop: { values: [a] }, shp: { values: [a] } } }",
    /"shp" is not a partition key/,
  ],
  [
    "a range of texts",
    "partitioning: { layout: projection, keys: [shop], projection: { shop: { range: [a, b] } } }",
    /a text has no range/,
  ],
  [
    "a range that runs backwards",
    "partitioning: { layout: projection, keys: [id], projection: { id: { range: [9, 1] } } }",
    /begins at 9, after its end 1/,
  ],
  [
    "a range from no date",
    "partitioning: { layout: projection, keys: [ordered], projection: { ordered: { range: [2013-02-30, NOW] } } }",
    /"2013-02-30" is neither a date/,
  ],
  [
    "values that cannot be projected",
    "partitioning: { layout: projection, keys: [shop], projection: { shop: { values: [a/b] } } }",
    /"a\/b" holds characters/,
  ],
  [
    "values and range at once",
    "partitioning: { layout: projection, keys: [id], projection: { id: { values: ['1'], range: [1, 2] } } }",
    /either values or range/,
  ],
  [
    "an aggregate over an unknown column",
    "aggregates: [{ name: a, groupBy: [shoop], measures: [{ name: n, function: count }] }]",
    /"shoop" is not a column \(did you mean "shop"\?\)/,
  ],
  [
    "a measure of an unknown column",
    "aggregates: [{ name: a, groupBy: [shop], measures: [{ name: n, function: sum, column: amuont }] }]",
    /did you mean "amount"/,
  ],
  [
    "the sum of a text",
    "aggregates: [{ name: a, groupBy: [shop], measures: [{ name: n, function: sum, column: note }] }]",
    /sum needs a number; "note" is string/,
  ],
  [
    "a sum of nothing",
    "aggregates: [{ name: a, groupBy: [shop], measures: [{ name: n, function: sum }] }]",
    /sum needs a column/,
  ],
  [
    "a measure named like a group",
    "aggregates: [{ name: a, groupBy: [shop], measures: [{ name: shop, function: count }] }]",
    /already a column of the aggregate/,
  ],
  [
    "two aggregates of one name",
    "aggregates: [{ name: a, groupBy: [shop], measures: [{ name: n, function: count }] }, { name: a, groupBy: [id], measures: [{ name: n, function: count }] }]",
    /two aggregates are called "a"/,
  ],
  ["a rule about an unknown column", "quality: [{ rule: completeness, column: nte }]", /did you mean "note"/],
  ["a range of a text", "quality: [{ rule: range, column: note, min: 1 }]", /only numbers have a range/],
  ["a range without bounds", "quality: [{ rule: range, column: id }]", /must give min, max or both/],
  ["numbers as values of a text", "quality: [{ rule: values, column: note, in: [1] }]", /put numbers into quotes/],
  ["texts as values of a number", "quality: [{ rule: values, column: id, in: [a] }]", /all values must be numbers/],
  ["a pattern for a number", "quality: [{ rule: pattern, column: id, pattern: a }]", /only strings have a pattern/],
  ["a pattern that is none", "quality: [{ rule: pattern, column: note, pattern: '(' }]", /is not a regular expression/],
  [
    "a pattern only Java knows",
    "quality: [{ rule: pattern, column: note, pattern: 'a(?=b)' }]",
    /not understood alike by both engines/,
  ],
  [
    "a pattern with a back reference",
    "quality: [{ rule: pattern, column: note, pattern: '(a)\\1' }]",
    /not understood alike by both engines/,
  ],
  ["a schedule on the light engine", "engine: light\ntrigger: { schedule: cron(0 6 * * ? *) }", /runs on spark/],
  ["a schedule that is none", "trigger: { schedule: daily }", /must be rate\(…\) or cron\(…\)/],
  ["a schedule for every day of both kinds", "trigger: { schedule: cron(30 4 * * * *) }", /\? for either the day of/],
  ["a schedule that is due once", "trigger: { schedule: at(2026-12-24T18:00:00) }", /due only once/],
  ["a prefix without its slash", "source: { prefix: orders }", /ends with \//],
];

describe("Checking a contract", () => {
  for (const [what, rest, expected] of CASES) {
    it(`refuses ${what}, and nothing else`, () => {
      const problems = problemsOf(contractText({ columns: COLUMNS, rest }));
      equal(problems.length, 1, problems.join("\n"));
      match(problems[0] ?? "", expected);
    });
  }

  for (const [what, columns, expected] of [
    [
      "two columns of one name",
      "  - { name: a, type: int }\n  - { name: a, source: b, type: int }",
      /two columns are called "a"/,
    ],
    [
      "two columns from one header",
      "  - { name: a, type: int }\n  - { name: b, source: a, type: int }",
      /read from the header "a"/,
    ],
    [
      "an optional column that must not be null",
      "  - { name: a, type: int }\n  - { name: b, type: int, optional: true, nullable: false }",
      /optional/,
    ],
    ["a header name with blanks around it", "  - { name: a, source: ' a', type: int }", /begin or end with a blank/],
    [
      "a format for a number",
      "  - { name: a, type: int, format: '0' }",
      /only date and timestamp columns have a format/,
    ],
    ["a format without a month", "  - { name: a, type: date, format: yyyy-dd }", /lacks the month/],
    [
      "a format with unknown letters",
      "  - { name: a, type: date, format: YYYY-MM-dd }",
      /"YYYY" in "YYYY-MM-dd" is not known/,
    ],
    ["a decimal too wide", '  - { name: a, type: "decimal(39,2)" }', /between 1 and 38/],
    [
      "a decimal of more digits behind the mark than there are",
      '  - { name: a, type: "decimal(3,4)" }',
      /must not exceed its precision/,
    ],
  ] as const) {
    it(`refuses ${what}, and nothing else`, () => {
      const problems = problemsOf(contractText({ columns }));
      equal(problems.length, 1, problems.join("\n"));
      match(problems[0] ?? "", expected);
    });
  }

  it("takes header names that differ by case for two columns only where case counts", () => {
    const columns = "  - { name: a, source: X, type: int }\n  - { name: b, source: x, type: int }";
    deepEqual(problemsOf(contractText({ columns })), []);
    match(
      problemsOf(contractText({ columns, rest: "source: { header: { case: insensitive } }" })).join(),
      /read from the header "x"/,
    );
  });

  it("refuses a table of nothing but partition keys", () => {
    const columns = "  - { name: shop, type: string, nullable: false }";
    match(
      problemsOf(contractText({ columns, rest: "partitioning: { keys: [shop] }" })).join(),
      /must not be a partition key/,
    );
  });
});
