import assert from "node:assert/strict";
import { tableMappings, type TableRules } from "../../../../components";
import { parseSettings } from "../../../../components/core/settings";
import { ArgumentCheck, type ArgumentProblem } from "../../../../components/core/validate";
import { checkTableRules, tableRuleSettings } from "../../../../components/migration/dms/table-mappings";

const everything = { schema: "public", table: "%" };
const rulesOf = (rules: TableRules): Record<string, unknown>[] =>
  (JSON.parse(tableMappings(rules)) as { rules: Record<string, unknown>[] }).rules;

function problemsOf(rules: TableRules): readonly ArgumentProblem[] {
  const { settings, problems } = parseSettings(tableRuleSettings, rules);
  const all = [...problems];
  const check = new ArgumentCheck("DmsMigration", "shop", (problem) => all.push(problem));
  if (settings && problems.length === 0) checkTableRules("", settings, check);
  return all;
}

describe("table mappings", () => {
  it("number their rules in the order given, selections first", () => {
    const rules = rulesOf({
      tables: [everything, { schema: "public", table: "tmp%", action: "exclude" }],
      transformations: [{ schema: "public", change: "rename", to: "shop" }],
    });
    assert.deepEqual(
      rules.map((rule) => [rule["rule-type"], rule["rule-id"], rule["rule-name"], rule["rule-action"]]),
      [
        ["selection", "1", "1", "include"],
        ["selection", "2", "2", "exclude"],
        ["transformation", "3", "3", "rename"],
      ],
    );
  });

  it("are the same text for the same rules", () => {
    const rules: TableRules = { tables: [everything], transformations: [{ schema: "%", change: "lower-case" }] };
    assert.equal(tableMappings(rules), tableMappings(structuredClone(rules)));
  });

  it("filter rows by column, with the service's operators", () => {
    const [rule] = rulesOf({
      tables: [
        {
          ...everything,
          loadOrder: 2,
          kind: "all",
          rows: {
            year: [
              { is: "between", from: 2020, to: 2026 },
              { is: "equal", value: 1999 },
            ],
            gone: [{ is: "null" }],
            price: [{ is: "at-most", value: 10 }],
          },
        },
      ],
    });
    assert.deepEqual(rule, {
      "rule-type": "selection",
      "rule-id": "1",
      "rule-name": "1",
      "object-locator": { "schema-name": "public", "table-name": "%", "table-type": "all" },
      "rule-action": "include",
      "load-order": "2",
      filters: [
        {
          "filter-type": "source",
          "column-name": "year",
          "filter-conditions": [
            { "filter-operator": "between", "start-value": "2020", "end-value": "2026" },
            { "filter-operator": "eq", value: "1999" },
          ],
        },
        { "filter-type": "source", "column-name": "gone", "filter-conditions": [{ "filter-operator": "null" }] },
        {
          "filter-type": "source",
          "column-name": "price",
          "filter-conditions": [{ "filter-operator": "ste", value: "10" }],
        },
      ],
    });
  });

  const at = { schema: "public", table: "orders", column: "note" };
  const transformed: readonly (readonly [string, NonNullable<TableRules["transformations"]>[number], object])[] = [
    [
      "rename a column",
      { ...at, change: "rename", to: "remark" },
      {
        "rule-target": "column",
        "object-locator": { "schema-name": "public", "table-name": "orders", "column-name": "note" },
        "rule-action": "rename",
        value: "remark",
      },
    ],
    [
      "replace a prefix of tables",
      { schema: "public", table: "%", change: "replace-prefix", from: "tbl_", to: "" },
      {
        "rule-target": "table",
        "object-locator": { "schema-name": "public", "table-name": "%" },
        "rule-action": "replace-prefix",
        value: "",
        "old-value": "tbl_",
      },
    ],
    [
      "add a column, whose name is the rule's value",
      {
        schema: "public",
        table: "orders",
        column: "total",
        change: "add-column",
        expression: "$price * $count",
        type: { type: "numeric", precision: 12, scale: 2 },
      },
      {
        "rule-target": "column",
        "object-locator": { "schema-name": "public", "table-name": "orders" },
        "rule-action": "add-column",
        value: "total",
        expression: "$price * $count",
        "data-type": { type: "numeric", precision: 12, scale: 2 },
      },
    ],
    [
      "change a column's type",
      { ...at, change: "type", to: { type: "string", length: 200 } },
      {
        "rule-target": "column",
        "object-locator": { "schema-name": "public", "table-name": "orders", "column-name": "note" },
        "rule-action": "change-data-type",
        "data-type": { type: "string", length: 200 },
      },
    ],
    [
      "say a table's key",
      { schema: "public", table: "orders", change: "primary-key", name: "pk", columns: ["id"] },
      {
        "rule-target": "table",
        "object-locator": { "schema-name": "public", "table-name": "orders" },
        "rule-action": "define-primary-key",
        "primary-key-def": { name: "pk", columns: ["id"] },
      },
    ],
  ];
  for (const [what, transformation, expected] of transformed) {
    it(`can ${what}`, () => {
      const [, rule] = rulesOf({ tables: [everything], transformations: [transformation] });
      assert.deepEqual(rule, { "rule-type": "transformation", "rule-id": "2", "rule-name": "2", ...expected });
    });
  }

  const bad: readonly (readonly [string, TableRules, string])[] = [
    ["nothing is included", { tables: [{ ...everything, action: "exclude" }] }, "tables"],
    ["a selection is there twice", { tables: [everything, everything] }, "tables[1]"],
    ["an explicit name has wildcards", { tables: [{ ...everything, action: "explicit" }] }, "tables[0].table"],
    [
      "an excluded table has rows",
      { tables: [everything, { schema: "a", table: "b", action: "exclude", rows: {} }] },
      "tables[1].rows",
    ],
    ["a load order is negative", { tables: [{ ...everything, loadOrder: -1 }] }, "tables[0].loadOrder"],
    ["a column has no condition", { tables: [{ ...everything, rows: { a: [] } }] }, "tables[0].rows.a"],
    [
      "an operator is unknown",
      { tables: [{ ...everything, rows: { a: [{ is: "like", value: "x" } as never] } }] },
      "tables[0].rows.a[0].is",
    ],
    [
      "a schema is removed",
      { tables: [everything], transformations: [{ schema: "public", change: "remove" }] },
      "transformations[0].change",
    ],
    [
      "a column has no table",
      { tables: [everything], transformations: [{ schema: "public", column: "a", change: "remove" }] },
      "transformations[0].table",
    ],
    [
      "a change is unknown",
      { tables: [everything], transformations: [{ schema: "public", change: "translate" } as never] },
      "transformations[0].change",
    ],
    [
      "a text has no length",
      { tables: [everything], transformations: [{ ...at, change: "type", to: { type: "string" } }] },
      "transformations[0].to.length",
    ],
    [
      "a number has a length",
      { tables: [everything], transformations: [{ ...at, change: "type", to: { type: "int4", length: 4 } }] },
      "transformations[0].to.length",
    ],
    [
      "a new column has a wildcard",
      {
        tables: [everything],
        transformations: [{ ...at, column: "%", change: "add-column", expression: "1", type: { type: "int4" } }],
      },
      "transformations[0].column",
    ],
    [
      "a key has no columns",
      {
        tables: [everything],
        transformations: [{ schema: "a", table: "b", change: "primary-key", name: "k", columns: [] }],
      },
      "transformations[0].columns",
    ],
  ];
  for (const [what, rules, argument] of bad) {
    it(`are refused when ${what}`, () => {
      assert.deepEqual(
        problemsOf(rules).map((problem) => problem.argument),
        [argument],
      );
    });
  }
});
