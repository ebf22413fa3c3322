import assert from "node:assert/strict";
import { parseContract } from "../../contracts/parse";
import { compileContract } from "../../contracts/compile";
import { contractJsonSchema } from "../../contracts/json-schema";

/** A contract with these texts, each on a line of its own. JSON is YAML, too. */
const contract = (changes: {
  readonly description?: string;
  readonly comment?: string;
  readonly aggregate?: string;
  readonly more?: readonly string[];
}): string =>
  [
    "name: orders",
    `description: ${JSON.stringify(changes.description ?? "Orders")}`,
    "owner: data@example.org",
    "columns:",
    "  - name: id",
    "    type: int",
    `    description: ${JSON.stringify(changes.comment ?? "Number")}`,
    "    nullable: false",
    "aggregates:",
    "  - name: daily",
    `    description: ${JSON.stringify(changes.aggregate ?? "By day")}`,
    "    groupBy: [id]",
    "    measures: [{ name: orders, function: count }]",
    ...(changes.more ?? []),
  ].join("\n");

const problems = (changes: Parameters<typeof contract>[0]): string[] =>
  parseContract(contract(changes), "datasets/orders.yaml").problems.map(
    ({ file, line, path, message }) => `${file}:${line} ${path}: ${message}`,
  );

const GLUE = "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html";

describe("the texts of a contract that go to the Glue catalog", () => {
  it("are as long as Glue accepts", () => {
    const longest = { description: "x".repeat(2048), comment: "x".repeat(255), aggregate: "x".repeat(2048) };
    assert.deepEqual(problems(longest), []);
  });

  it("are refused where they are longer, with line, limit and source", () => {
    const longer = { description: "x".repeat(3000), comment: "x".repeat(256), aggregate: "x".repeat(2049) };
    assert.deepEqual(problems(longer), [
      `datasets/orders.yaml:2 description: has 3,000 bytes, and Glue accepts at most 2,048 (${GLUE})`,
      `datasets/orders.yaml:7 columns[0].description: has 256 bytes, and Glue accepts at most 255 (${GLUE})`,
      `datasets/orders.yaml:11 aggregates[0].description: has 2,049 bytes, and Glue accepts at most 2,048 (${GLUE})`,
    ]);
  });

  it("are measured in bytes", () => {
    assert.deepEqual(problems({ comment: "é".repeat(127) }), []);
    assert.match(problems({ comment: "é".repeat(128) })[0] ?? "", /:7 columns\[0\]\.description: has 256 bytes/);
  });

  it("have several lines only where Glue accepts them, and no control characters", () => {
    assert.deepEqual(problems({ description: "Orders\nof all shops" }), []);
    assert.match(problems({ comment: "Number\nof the order" })[0] ?? "", /has several lines, and Glue accepts one/);
    assert.match(problems({ description: "a\u0007b" })[0] ?? "", /has control characters/);
    assert.match(problems({ comment: "a\u0000b" })[0] ?? "", /has control characters/);
  });

  it("may end in a line end, as the blocks of YAML do", () => {
    const text = contract({ comment: "Number\n", description: "Orders\n" });
    const { contract: parsed } = parseContract(text, "datasets/orders.yaml");
    assert.equal(parsed?.description, "Orders");
    assert.equal(parsed?.columns[0]?.description, "Number");
  });

  it("are refused where they are empty and needed", () => {
    assert.match(problems({ description: " \n" })[0] ?? "", /:2 description: must not be empty/);
  });

  it("are limited in editors, too", () => {
    const { properties } = contractJsonSchema() as { properties: { description: unknown } };
    assert.deepEqual(properties.description, { type: "string", maxLength: 2048 });
  });

  it("are made short enough where the contract leaves them out", () => {
    const names = Array.from({ length: 30 }, (_, index) => `${"c".repeat(120)}${index}`);
    const columns = names.map((name) => `  - { name: ${name}, type: int }`).join("\n");
    const text = `name: orders\ndescription: Orders\nowner: data@example.org\ncolumns:\n${columns}\naggregates:\n  - { name: wide, groupBy: [${names.join(", ")}], measures: [{ name: n, function: count }] }`;
    const { contract: parsed, problems: none } = parseContract(text, "datasets/orders.yaml");
    assert.deepEqual(none, []);
    assert.ok(parsed);
    const [, wide] = compileContract(parsed).tables;
    assert.equal(wide?.description.length, 2048);
    assert.match(wide?.description ?? "", / \.\.\.$/);
  });
});

describe("what follows from a contract", () => {
  it("is refused where its rules are longer than a ruleset of Glue may be", () => {
    const values = Array.from({ length: 12_000 }, (_, index) => index).join(", ");
    const more = [`quality: [{ rule: values, column: id, in: [${values}] }]`];
    const [problem = "", ...others] = problems({ more });
    assert.deepEqual(others, []);
    assert.match(
      problem,
      /:14 quality: the rules have [\d,]+ characters as a ruleset, and Glue accepts at most 65,?536/,
    );
  });

  it("is refused where the values of a projected key are longer than a parameter of a table may be", () => {
    const values = Array.from({ length: 60_000 }, (_, index) => 100_000_000 + index).map(String);
    const more = [
      "partitioning:",
      "  layout: projection",
      "  keys: [id]",
      `  projection: { id: { values: ${JSON.stringify(values)} } }`,
    ];
    const found = problems({ more: [...more] }).filter((problem) => problem.includes("bytes"));
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", /:17 partitioning\.projection\.id\.values: the list has 599,999 bytes/);
  });
});
