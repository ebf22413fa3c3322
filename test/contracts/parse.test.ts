import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { contractSchema } from "../../contracts/schema";
import { loadContracts, parseContract } from "../../contracts/parse";
import { formatProblem } from "../../contracts/problems";
import { contractText, problemsOf } from "./fixtures";

describe("Parsing a contract", () => {
  it("accepts a contract with nothing but what is required and fills in the defaults", () => {
    const { contract, problems } = parseContract(contractText(), "orders.yaml");
    deepEqual(problems, []);
    equal(contract?.source.delimiter, ",");
    deepEqual(contract?.source.nullValues, [""]);
    deepEqual(contract?.source.header, {
      ordered: false,
      extraColumns: "reject",
      case: "sensitive",
      allowEmpty: false,
    });
    equal(contract?.trigger, "event");
    equal(contract?.engine, "auto");
    equal(contract?.columns[2]?.nullable, true);
  });

  it("reports every problem of one file in one go, each with its place", () => {
    const text = [
      "name: Orders", // 1
      "owner: nobody", // 2
      "columns:", // 3
      "  - { name: id, type: itn }", // 4
      "  - { name: day, type: date, fromat: dd.MM.yyyy }", // 5
      "engine: sparc", // 6
      "partitioning: { keys: [dya] }", // 7
    ].join("\n");
    const problems = parseContract(text, "datasets/orders.yaml").problems;
    deepEqual(
      problems
        .map(({ line, column, path, suggestion }) => ({ line, column, path, suggestion }))
        .sort((a, b) => a.line - b.line || a.column - b.column),
      [
        { line: 1, column: 1, path: "description", suggestion: undefined },
        { line: 1, column: 7, path: "name", suggestion: undefined },
        { line: 2, column: 8, path: "owner", suggestion: undefined },
        { line: 4, column: 23, path: "columns[0].type", suggestion: "int" },
        { line: 5, column: 30, path: "columns[1].fromat", suggestion: "format" },
        { line: 6, column: 9, path: "engine", suggestion: "spark" },
        { line: 7, column: 24, path: "partitioning.keys[0]", suggestion: "day" },
      ],
    );
  });

  it("names file, line, column, value, what is allowed and the nearest choice", () => {
    const [problem] = problemsOf(contractText({ rest: "engine: ligth" }));
    equal(
      problem,
      'orders.yaml:9:9 engine: "ligth" is not allowed; allowed: "auto", "light", "spark" (did you mean "light"?)',
    );
  });

  it("does not complain of what a wrong type leads to elsewhere", () => {
    const text = contractText({
      columns: "  - { name: id, type: itn }\n  - { name: shop, type: string, nullable: false }",
      rest: "aggregates: [{ name: a, groupBy: [shop], measures: [{ name: s, function: sum, column: id }] }]",
    });
    equal(problemsOf(text).length, 1);
  });

  for (const [what, text, expected] of [
    ["broken YAML", "name: [a\nb", /^orders\.yaml:\d+:\d+ /],
    ["an empty file", "", /^orders\.yaml:1:1 the file is empty$/],
    ["a list instead of a mapping", "- 1", /must be a mapping/],
    ["a key twice", `${contractText()}\nname: other`, /Map keys must be unique/],
    ["an alias that leads nowhere", "name: *nothing", /nothing/],
  ] as const) {
    it(`explains ${what} without a stack trace`, () => {
      const problems = problemsOf(text);
      ok(problems.length > 0);
      match(problems.join("\n"), expected);
      ok(!problems.join("\n").includes("    at "));
    });
  }

  it("answers any text with problems or a contract, never with an exception", () => {
    const yamlish = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.json({ maxDepth: 3 }),
      fc
        .object({
          key: fc.constantFrom("name", "columns", "source", "quality", "rule", "keys", "partitioning", "type", "x"),
        })
        .map((o) => stringify(o)),
    );
    fc.assert(
      fc.property(yamlish, (text) => {
        const { contract, problems } = parseContract(text, "any.yaml");
        equal(contract === undefined, problems.length > 0);
        for (const { line, column, message } of problems) ok(line >= 1 && column >= 1 && message.length > 0);
      }),
      { numRuns: 300 },
    );
  });

  it("reads back any contract that it wrote", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
    const column = fc.record(
      {
        name,
        source: fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text && text !== ""),
        type: fc.constantFrom("string", "int", "bigint", "double", "boolean", "date", "timestamp", "decimal(9,2)"),
        nullable: fc.boolean(),
        pii: fc.boolean(),
      },
      { requiredKeys: ["name", "type"] },
    );
    const contract = fc.record({
      name,
      description: fc.string({ minLength: 1 }),
      owner: fc.constant("a@example.org"),
      columns: fc.uniqueArray(column, { minLength: 1, maxLength: 8, selector: (c) => c.name }).filter((columns) => {
        const sources = columns.map((c) => c.source ?? c.name);
        return new Set(sources).size === sources.length;
      }),
    });
    fc.assert(
      fc.property(contract, (data) => {
        const parsed = parseContract(stringify(data), "any.yaml");
        deepEqual(parsed.problems.map(formatProblem), []);
        deepEqual(parsed.contract, contractSchema.parse(data));
      }),
      { numRuns: 200 },
    );
  });

  it("points a single wrong key out wherever it is put, at its line", () => {
    const lines = stringify({
      name: "orders",
      description: "x",
      owner: "a@example.org",
      source: { delimiter: ";" },
      columns: [{ name: "id", type: "int" }],
      retention: { raw: 30 },
    })
      .trimEnd()
      .split("\n");
    fc.assert(
      fc.property(fc.nat(lines.length), (at) => {
        const indent = /^[ -]*/.exec(lines[Math.min(at, lines.length - 1)] ?? "")?.[0].replace("-", " ") ?? "";
        const text = [
          ...lines.slice(0, at),
          `${at === lines.length ? "" : indent}nonsense_key: 1`,
          ...lines.slice(at),
        ].join("\n");
        const { problems } = parseContract(text, "orders.yaml");
        ok(problems.length > 0);
        // Before the first item of a list a key makes the YAML itself invalid, near that line.
        ok(
          problems.some(({ line }) => Math.abs(line - (at + 1)) <= 1),
          formatProblem(problems[0]!),
        );
      }),
    );
  });
});

describe("Loading a folder of contracts", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "contracts-test-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const lines = (include?: readonly string[]) =>
    loadContracts(folder, include).problems.map((p) => formatProblem(p).replace(`${folder}/`, ""));

  it("collects the problems of all files and of all together", () => {
    write("orders.yaml", contractText({ rest: "engine: sparc" }));
    write("shops.yaml", contractText({ name: "shop", rest: "engine: sparc" }));
    write("bills.yaml", contractText({ name: "bills", rest: "source: { prefix: common/ }" }));
    write("notes.yaml", contractText({ name: "notes", rest: "source: { prefix: common/notes/ }" }));
    write("misnamed.yaml", contractText({ name: "other" }));
    write("readme.md", "not a contract");
    const found = lines();
    equal(found.filter((line) => line.includes("engine")).length, 2);
    ok(
      found.some((line) => /^notes\.yaml.*"common\/notes\/".*bills/.test(line)),
      found.join("\n"),
    );
    ok(
      found.some((line) =>
        /^misnamed\.yaml:1:7 name: dataset "other" must be in a file of that name: other\.yaml/.test(line),
      ),
    );
  });

  it("refuses two contracts for one table, aggregates and the platform's own tables included", () => {
    const aggregate = "aggregates: [{ name: daily, groupBy: [shop], measures: [{ name: n, function: count }] }]";
    write("orders.yaml", contractText({ rest: aggregate }));
    write("orders_daily.yaml", contractText({ name: "orders_daily" }));
    write("rejected_rows.yaml", contractText({ name: "rejected_rows" }));
    const found = lines().join("\n");
    match(found, /orders_daily.yaml:1:7 name: the table "orders_daily" is already taken by dataset "orders"/);
    match(found, /rejected_rows.yaml:1:7 name: the table "rejected_rows" is already taken by the platform itself/);
  });

  it("loads only the datasets asked for, and suggests the name that was meant", () => {
    write("orders.yaml", contractText());
    write("broken.yaml", "name: [");
    deepEqual(
      loadContracts(folder, ["orders"]).contracts.map((contract) => contract.name),
      ["orders"],
    );
    deepEqual(lines(["ordres"]), ['ordres.yaml:1:1 there is no such file (did you mean "orders"?)']);
  });

  it("says so when there is no such folder", () => {
    match(loadContracts(join(folder, "nowhere")).problems.map(formatProblem).join(), /cannot be read/);
  });

  it("accepts the project's own datasets", () => {
    const { contracts, problems } = loadContracts(join(__dirname, "../../datasets"));
    deepEqual(problems.map(formatProblem), []);
    ok(contracts.length >= 2);
  });
});
