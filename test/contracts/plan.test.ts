import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import type { CompiledContract } from "../../contracts/compiled";
import { DIRTY_CONTRACT, dirtyRows } from "./dirty";
import { compiled, contractText } from "./fixtures";

type Row = Record<string, unknown>;
type Raw = Readonly<Record<string, string | null>>;

describe("The plan on DuckDB", () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  before(async () => {
    instance = await DuckDBInstance.create(":memory:");
    connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
  });
  after(() => {
    connection.closeSync();
    instance.closeSync();
  });

  const query = async (sql: string): Promise<Row[]> => (await connection.runAndReadAll(sql)).getRowObjectsJson();

  /** Runs the plan over rows of texts. */
  async function run(contract: CompiledContract, rows: readonly Raw[], select = "*"): Promise<Row[]> {
    const names = [...contract.plan.columns.map(({ name }) => name), "__source", "__error", "__line"];
    const literal = (text: string | null | undefined) => (text == null ? "NULL" : `'${text.replaceAll("'", "''")}'`);
    const values = rows.map(
      (row, i) => `(${names.map((name) => literal(name === "__source" ? String(i) : row[name])).join(", ")})`,
    );
    const columns = names.map((name) => `"${name}"`).join(", ");
    await connection.run(`CREATE OR REPLACE TEMP TABLE texts (${names.map((name) => `"${name}" VARCHAR`).join(", ")})`);
    await connection.run(`INSERT INTO texts (${columns}) VALUES ${values.join(", ")}`);
    await connection.run("CREATE OR REPLACE TEMP VIEW raw AS SELECT * FROM texts");
    return query(`SELECT ${select} FROM (${contract.plan.duckdb.rows}) ORDER BY CAST(__source AS INTEGER)`);
  }

  const plain = (column: string, value: unknown): string | null => {
    if (value === null || value === undefined) return null;
    if (column === "d") return String(value);
    return String(value).replace(/^(-?)\./, "$10.");
  };

  it("gives every dirty value its type or the row its reason", async () => {
    const rows = dirtyRows();
    const results = await run(
      compiled(DIRTY_CONTRACT),
      rows.map(({ values }) => values),
    );
    equal(results.length, rows.length);
    for (const [i, { column, values, expected }] of rows.entries()) {
      const result = results[i] ?? {};
      const said = `${column}: ${JSON.stringify(values[column])}`;
      if ("reason" in expected) equal(result["__reason"], expected.reason, said);
      else {
        equal(result["__reason"], null, said);
        equal(plain(column, result[column]), expected.value, said);
        equal(result["__record"], null);
      }
    }
  });

  it("lists all that is wrong with a row and keeps its text as JSON by header name", async () => {
    const [row] = await run(compiled(DIRTY_CONTRACT), [
      { s: '\u0001\u001f\t\n"\\/é😀', req: "ok", i: "x", b: "", t: "maybe", at: "soon", p: "x" },
    ]);
    match(
      String(row?.["__reason"]),
      /^s: expected one of .*; i: expected int, found "x"; t: expected boolean, found "maybe"; at: expected date, found "soon"$/s,
    );
    const record = String(row?.["__record"]);
    deepEqual(JSON.parse(record)["The ${S} 'quoted' \"x\" \\ name"], '\u0001\u001f\t\n"\\/é😀');
    equal(JSON.parse(record)["m"], "");
    ok(!record.includes(": "), "no blanks between the members");
  });

  it("keeps a malformed record's line, cut, with the reader's reason", async () => {
    const [row] = await run(compiled(contractText()), [
      { __error: "expected 4 fields, found 2", __line: `1,"x${"y".repeat(20_000)}` },
    ]);
    equal(row?.["__reason"], "expected 4 fields, found 2");
    const { line } = JSON.parse(String(row?.["__record"])) as { line: string };
    equal(line.length, 10_000);
    ok(line.startsWith('1,"xyyy'));
  });

  it("derives partition keys from dates", async () => {
    const [row] = await run(compiled(DIRTY_CONTRACT), [{ s: "ok", req: "ok", at: "2014-12-31", p: "x" }]);
    deepEqual([row?.["year"], row?.["month"]], [2014, 12]);
  });

  it("reads a decimal comma where the contract has one", async () => {
    const contract = compiled(
      contractText({
        columns: '  - { name: d, type: double }\n  - { name: m, type: "decimal(6,2)" }',
        rest: 'source: { delimiter: ";", decimal: "," }',
      }),
    );
    const rows = await run(contract, [
      { d: "1,5", m: "1234,50" },
      { d: "1.5", m: "1234.50" },
    ]);
    deepEqual([rows[0]?.["d"], rows[0]?.["m"]], [1.5, "1234.50"]);
    equal(rows[1]?.["__reason"], 'd: expected double, found "1.5"; m: expected decimal(6,2), found "1234.50"');
  });

  it("rejects rows that Athena would never find by the projected ranges", async () => {
    const contract = compiled(
      contractText({
        rest: [
          "partitioning:",
          "  layout: projection",
          "  keys: [shop, { name: year, column: ordered, transform: year }]",
          "  projection: { shop: { values: [a, b] }, year: { range: [2020, 2030] } }",
        ].join("\n"),
      }),
    );
    const rows = await run(contract, [
      { id: "1", shop: "a", ordered: "2020-01-01" },
      { id: "2", shop: "c", ordered: "2019-12-31" },
      { id: "3", shop: "b", ordered: "2031-01-01" },
    ]);
    deepEqual(
      rows.map((row) => row["__reason"]),
      [
        null,
        'shop: expected one of "a", "b", found "c"; ordered: expected year at least 2020, found "2019-12-31"',
        'ordered: expected year at most 2030, found "2031-01-01"',
      ],
    );
  });

  it("computes every measure, exactly where sums could get large", async () => {
    const contract = compiled(
      contractText({
        columns: [
          "  - { name: shop, type: string, nullable: false }",
          "  - { name: n, type: int }",
          "  - { name: big, type: bigint }",
          '  - { name: money, type: "decimal(10,2)" }',
          "  - { name: rate, type: double }",
          "  - { name: word, type: string }",
        ].join("\n"),
        rest: [
          "aggregates:",
          "  - name: by_shop",
          "    groupBy: [shop]",
          "    measures:",
          "      - { name: rows_, function: count }",
          "      - { name: known, function: count, column: n }",
          "      - { name: sum_n, function: sum, column: n }",
          "      - { name: sum_big, function: sum, column: big }",
          "      - { name: sum_money, function: sum, column: money }",
          "      - { name: avg_n, function: avg, column: n }",
          "      - { name: avg_money, function: avg, column: money }",
          "      - { name: min_word, function: min, column: word }",
          "      - { name: max_rate, function: max, column: rate }",
          "      - { name: words, function: count_distinct, column: word }",
        ].join("\n"),
      }),
    );
    await run(contract, [
      { shop: "a", n: "2147483647", big: "9223372036854775807", money: "0.10", rate: "1.5", word: "z" },
      { shop: "a", n: "2147483647", big: "9223372036854775807", money: "0.20", rate: "-1", word: "b" },
      { shop: "a", word: "b" },
    ]);
    await connection.run(`CREATE OR REPLACE TEMP TABLE kept AS ${contract.plan.duckdb.rows}`);
    await connection.run("CREATE OR REPLACE TEMP VIEW processed AS SELECT * FROM kept");
    const aggregate = contract.plan.duckdb.aggregates[0];
    deepEqual(await query(aggregate?.sql ?? ""), [
      {
        shop: "a",
        rows_: "3",
        known: "2",
        sum_n: "4294967294",
        sum_big: "18446744073709551614",
        sum_money: "0.30",
        avg_n: 2147483647,
        avg_money: 0.15,
        min_word: "b",
        max_rate: 1.5,
        words: "2",
      },
    ]);
    // The catalog must say just what the query yields.
    const types = await query(`DESCRIBE ${aggregate?.sql ?? ""}`);
    const duck: Record<string, string> = { VARCHAR: "string", BIGINT: "bigint", INTEGER: "int", DOUBLE: "double" };
    deepEqual(
      types.map((row) => [
        row["column_name"],
        duck[String(row["column_type"])] ?? String(row["column_type"]).toLowerCase(),
      ]),
      contract.tables[1]?.columns.map(({ name, type }) => [name, type]),
    );
  });
});
