import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseFormat } from "../../contracts/formats";
import { contractJsonSchemaText } from "../../contracts/json-schema";
import { escapePathName, parsePartitionPath, partitionPath, unescapePathName } from "../../contracts/partition-path";
import {
  duckdbType,
  glueType,
  measureType,
  parseType,
  sparkType,
  typeName,
  type LogicalType,
} from "../../contracts/types";
import { compiled, contractText } from "./fixtures";

const AGGREGATE = "aggregates: [{ name: daily, groupBy: [shop, ordered], measures: [{ name: n, function: count }] }]";

describe("Compiling a contract", () => {
  it("makes a table of the rows and one of each aggregate, partition keys apart from the columns", () => {
    const { tables } = compiled(contractText({ rest: `partitioning: { keys: [shop] }\n${AGGREGATE}` }));
    deepEqual(
      tables.map(({ name, zone, prefix, columns, partitionKeys }) => ({
        name,
        zone,
        prefix,
        columns: columns.map((column) => `${column.name} ${column.type}`),
        keys: partitionKeys.map((column) => `${column.name} ${column.type}`),
      })),
      [
        {
          name: "orders",
          zone: "processed",
          prefix: "orders/",
          columns: ["id int", "amount double", "ordered date"],
          keys: ["shop string"],
        },
        {
          name: "orders_daily",
          zone: "curated",
          prefix: "orders_daily/",
          columns: ["ordered date", "n bigint"],
          keys: ["shop string"],
        },
      ],
    );
  });

  it("keeps the column a derived key is taken from", () => {
    const { tables, plan } = compiled(
      contractText({ rest: "partitioning: { keys: [{ name: year, column: ordered, transform: year }] }" }),
    );
    ok(tables[0]?.columns.some((column) => column.name === "ordered"));
    deepEqual(
      plan.partitioning.keys.map(({ name, type }) => [name, type]),
      [["year", "int"]],
    );
    deepEqual(plan.output, ["id", "shop", "amount", "ordered"]);
  });

  it("tells Athena the ranges of a projected table", () => {
    const rest = [
      "partitioning:",
      "  layout: projection",
      "  keys: [shop, ordered]",
      "  projection: { shop: { values: [a, b] }, ordered: { range: [2020-01-01, NOW] } }",
    ].join("\n");
    deepEqual(compiled(contractText({ rest })).tables[0]?.parameters, {
      EXTERNAL: "TRUE",
      classification: "parquet",
      "projection.enabled": "true",
      "projection.shop.type": "enum",
      "projection.shop.values": "a,b",
      "projection.ordered.type": "date",
      "projection.ordered.range": "2020-01-01,NOW",
      "projection.ordered.format": "yyyy-MM-dd",
      "projection.ordered.interval": "1",
      "projection.ordered.interval.unit": "DAYS",
    });
  });

  it("finds the contract of a prefix of several folders", () => {
    const { prefix, contractKey } = compiled(contractText({ rest: "source: { prefix: sales/orders/ }" }));
    deepEqual([prefix, contractKey], ["sales/orders/", "contracts/sales/orders/contract.json"]);
  });

  it("runs a scheduled dataset on Spark", () => {
    const { trigger, engine } = compiled(contractText({ rest: "trigger: { schedule: cron(0 6 * * ? *) }" }));
    deepEqual([trigger, engine], [{ kind: "schedule", schedule: "cron(0 6 * * ? *)" }, "spark"]);
  });

  it("marks personal data in the catalog", () => {
    const { tables } = compiled(
      contractText({ columns: "  - { name: mail, type: string, pii: true }\n  - { name: n, type: int }" }),
    );
    deepEqual(tables[0]?.columns, [
      { name: "mail", type: "string", parameters: { pii: "true" } },
      { name: "n", type: "int" },
    ]);
  });

  it("writes rules about the dataset in DQDL and leaves those about rows to the engines", () => {
    const rest = [
      "quality:",
      "  - { rule: completeness, column: amount, atLeast: 0.9 }",
      "  - { rule: completeness, column: id }",
      "  - { rule: uniqueness, column: id }",
      "  - { rule: rowCount, atLeast: 10 }",
      "  - { rule: values, column: shop, in: [a, 'b\"c'] }",
      "  - { rule: range, column: amount, min: 0, max: 9.5 }",
      "  - { rule: pattern, column: shop, pattern: '[a-z]+' }",
      "  - { rule: range, column: id, min: 1, reject: true }",
    ].join("\n");
    equal(
      compiled(contractText({ rest })).quality,
      `Rules = [
    Completeness "amount" >= 0.9,
    IsComplete "id",
    IsUnique "id",
    RowCount >= 10,
    ColumnValues "shop" in ["a", "b\\"c"],
    ColumnValues "amount" >= 0,
    ColumnValues "amount" <= 9.5,
    ColumnValues "shop" matches "[a-z]+"
]`,
    );
    equal(compiled(contractText()).quality, undefined);
  });

  it("gives equal documents for equal contracts", () => {
    equal(
      JSON.stringify(compiled(contractText({ rest: AGGREGATE }))),
      JSON.stringify(compiled(contractText({ rest: AGGREGATE }))),
    );
  });

  it("keeps the JSON schema for editors up to date", () => {
    const committed = readFileSync(join(__dirname, "../../datasets/contract.schema.json"), "utf8");
    equal(
      committed,
      contractJsonSchemaText(),
      "datasets/contract.schema.json is out of date: run datasets/write-schema.ts",
    );
  });
});

describe("Logical types", () => {
  const type: fc.Arbitrary<LogicalType> = fc.oneof(
    fc
      .constantFrom("string", "int", "bigint", "double", "boolean", "date", "timestamp")
      .map((kind) => ({ kind: kind as "int" })),
    fc
      .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
      .filter(([p, s]) => s <= p)
      .map(([precision, scale]) => ({ kind: "decimal" as const, precision, scale })),
  );

  it("are read back from their names", () => {
    fc.assert(fc.property(type, (one) => deepEqual(parseType(typeName(one)), one)));
  });

  it("have a name everywhere", () => {
    deepEqual(
      ["string", "bigint", "timestamp", "decimal(9,3)"].map((text) => {
        const one = parseType(text) as LogicalType;
        return [glueType(one), duckdbType(one), sparkType(one)];
      }),
      [
        ["string", "VARCHAR", "STRING"],
        ["bigint", "BIGINT", "BIGINT"],
        ["timestamp", "TIMESTAMP", "TIMESTAMP_NTZ"],
        ["decimal(9,3)", "DECIMAL(9,3)", "DECIMAL(9,3)"],
      ],
    );
  });

  it("decide what can be measured", () => {
    equal(measureType("sum", { kind: "string" }), undefined);
    equal(measureType("avg", { kind: "date" }), undefined);
    deepEqual(measureType("sum", { kind: "int" }), { kind: "bigint" });
    deepEqual(measureType("sum", { kind: "decimal", precision: 9, scale: 3 }), {
      kind: "decimal",
      precision: 38,
      scale: 3,
    });
    deepEqual(measureType("max", { kind: "timestamp" }), { kind: "timestamp" });
  });
});

describe("Partition paths", () => {
  it("are written as Hive and Spark write them", () => {
    equal(partitionPath("hive", ["a", "b"], ["x y", "50%/=:é"]), "a=x y/b=50%25%2F%3D%3Aé/");
    equal(partitionPath("folder", ["a", "b"], ["2013", "1"]), "2013/1/");
    equal(partitionPath("projection", ["a"], ["x"]), "a=x/");
    equal(partitionPath("hive", [], []), "");
  });

  it("are read back, whatever the values and the layout", () => {
    const value = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.constantFrom("hive", "folder", "projection"),
        fc.array(value, { minLength: 1, maxLength: 4 }),
        (layout, values) => {
          const keys = values.map((_, i) => `k${i}`);
          const path = partitionPath(layout, keys, values);
          equal(path.split("/").length, values.length + 1);
          deepEqual(parsePartitionPath(layout, keys, `${path}x-0.parquet`), values);
        },
      ),
    );
  });

  it("are no one else's", () => {
    for (const path of ["a=1", "b=1/x", "a=/x", "x", ""]) equal(parsePartitionPath("hive", ["a"], path), undefined);
  });

  it("keep a sign that is no escape", () => {
    equal(unescapePathName("50%zz%4"), "50%zz%4");
    equal(unescapePathName(escapePathName("50%2F")), "50%2F");
  });
});

describe("Date formats", () => {
  for (const [format, problem] of [
    ["yyyy-MM-dd HH", "names the hour, which a date has not"],
    ["yyyy-MM", "lacks the day"],
    ["yyyy-yyyy-MM-dd", "names the year twice"],
    ["yyyy-MM-dd 'x", "not closed"],
    ["yyyy-MM-dd EEE", '"EEE"'],
  ] as const) {
    it(`refuse ${format}`, () => {
      const parsed = parseFormat(format, "date");
      ok(typeof parsed === "string" && parsed.includes(problem), String(parsed));
    });
  }

  it("match what they describe and nothing else", () => {
    const parsed = parseFormat("dd.MM.yyyy 'um' HH:mm", "timestamp");
    ok(typeof parsed !== "string");
    const regex = new RegExp(`^(?:${parsed.regex})$`);
    ok(regex.test("31.12.2020 um 23:59"));
    for (const text of ["31x12.2020 um 23:59", "31.12.2020 23:59", "31.12.2020 um 24:00", "1.12.2020 um 23:59"])
      ok(!regex.test(text), text);
  });
});
