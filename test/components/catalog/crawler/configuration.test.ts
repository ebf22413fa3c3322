import assert from "node:assert/strict";
import {
  crawlBehavior,
  crawlerSettings,
  crawlProblems,
  crawlSettings,
  tableLevel,
  type CrawlBehavior,
} from "../../../../components/catalog/crawler/configuration";
import {
  classifierArgs,
  resolveClassifiers,
  type Classifier,
} from "../../../../components/catalog/crawler/classifiers";
import { resolveTargets, type CrawlerTargets } from "../../../../components/catalog/crawler/targets";
import type { SecureBucket, Settings } from "../../../../components";

const bucket = {} as SecureBucket;
const s3 = (...prefixes: string[]): CrawlerTargets => ({ s3: prefixes.map((prefix) => ({ bucket, prefix })) });

type Changes = Settings<typeof crawlerSettings> & { readonly targets?: CrawlerTargets };
const behavior = ({ targets = s3("in/"), ...settings }: Changes = {}): CrawlBehavior =>
  crawlBehavior(crawlerSettings.parse(settings), resolveTargets(targets).targets);
const problemsOf = (changes: Changes) => [
  ...resolveTargets(changes.targets ?? {}).problems,
  ...crawlProblems(behavior(changes)),
];

describe("what a crawler does with changed columns", () => {
  const cases: [CrawlBehavior["schemaChange"], string, unknown][] = [
    ["updateCatalog", "UPDATE_IN_DATABASE", undefined],
    ["addNewColumnsOnly", "UPDATE_IN_DATABASE", { AddOrUpdateBehavior: "MergeNewColumns" }],
    ["ignore", "LOG", undefined],
  ];
  for (const [schemaChange, update, tables] of cases) {
    it(`${schemaChange}: ${update}${tables ? ", merging new columns" : ""}`, () => {
      const settings = crawlSettings(behavior({ schemaChange }));
      assert.equal(settings.schemaChangePolicy.updateBehavior, update);
      assert.deepEqual(JSON.parse(settings.configuration).CrawlerOutput.Tables, tables);
    });
  }

  it("partitions take the table's columns, files of like columns one table", () => {
    assert.deepEqual(JSON.parse(crawlSettings(behavior()).configuration), {
      Version: 1,
      CrawlerOutput: {
        Partitions: { AddOrUpdateBehavior: "InheritFromTable" },
        Tables: { AddOrUpdateBehavior: "MergeNewColumns" },
      },
      Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas" },
    });
  });

  it("says nothing that was not asked for", () => {
    const settings = crawlSettings(
      behavior({ schemaChange: "ignore", inheritFromTable: false, combineCompatibleSchemas: false }),
    );
    assert.deepEqual(JSON.parse(settings.configuration), { Version: 1 });
  });
});

describe("the level at which folders become tables", () => {
  const cases: [string, "onePerPrefix" | "onePerFolder", number][] = [
    ["", "onePerPrefix", 1],
    ["", "onePerFolder", 2],
    ["exports/", "onePerPrefix", 2],
    ["exports/crm/", "onePerFolder", 4],
  ];
  for (const [prefix, tables, level] of cases) {
    it(`is ${level} for ${tables} under "${prefix}"`, () => assert.equal(tableLevel(prefix, tables), level));
  }

  it("is part of the configuration", () => {
    const settings = crawlSettings(behavior({ targets: s3("a/b/", "c/d/"), tables: "onePerFolder" }));
    assert.equal(JSON.parse(settings.configuration).Grouping.TableLevelConfiguration, 4);
  });
});

describe("what Glue would refuse about a crawler", () => {
  const catalog = { catalog: [{ tables: ["orders"], bucket }] };
  const refused: [string, Changes, string[]][] = [
    ["no target", { targets: {} }, ["targets"]],
    ["an empty list of targets", { targets: { s3: [] } }, ["targets"]],
    [
      "new folders only with changes of the catalog",
      { recrawl: "newFoldersOnly", schemaChange: "updateCatalog", deleteBehavior: "delete" },
      ["schemaChange", "deleteBehavior"],
    ],
    [
      "new folders only of a database",
      {
        recrawl: "newFoldersOnly",
        schemaChange: "ignore",
        targets: { jdbc: [{ connectionName: "crm", path: "crm/%" }] },
      },
      ["recrawl"],
    ],
    ["events for two targets", { recrawl: "eventMode", targets: s3("a/", "b/") }, ["recrawl"]],
    [
      "events with samples",
      { recrawl: "eventMode", targets: { s3: [{ bucket, sampleSize: 5 }] } },
      ["targets.s3.sampleSize"],
    ],
    ["catalog tables beside folders", { targets: { ...catalog, ...s3("in/") } }, ["targets.catalog"]],
    ["catalog tables that go with their data", { targets: catalog, deleteBehavior: "deprecate" }, ["deleteBehavior"]],
    ["catalog tables with another name", { targets: catalog, tablePrefix: "raw_" }, ["tablePrefix"]],
    ["no catalog table", { targets: { catalog: [{ tables: [], bucket }] } }, ["targets.catalog[0].tables"]],
    ["a prefix without its slash", { targets: s3("in") }, ["targets.s3[0].prefix"]],
    ["a prefix that starts with one", { targets: s3("/in/") }, ["targets.s3[0].prefix"]],
    ["samples of 250 files", { targets: { s3: [{ bucket, sampleSize: 250 }] } }, ["targets.s3[0].sampleSize"]],
    [
      "more than the table's capacity",
      { targets: { dynamodb: [{ tableName: "t", tableArn: "arn", scanRate: 2 }] } },
      ["targets.dynamodb[0].scanRate"],
    ],
    [
      "a depth of 21",
      { targets: { iceberg: [{ bucket, prefixes: ["i/"], maximumDepth: 21 }] } },
      ["targets.iceberg[0].maximumDepth"],
    ],
    [
      "one table level for prefixes of different depth",
      { targets: s3("a/", "b/c/"), tables: "onePerFolder" },
      ["tables"],
    ],
    [
      "a table level for a database",
      { targets: { jdbc: [{ connectionName: "crm", path: "crm/%" }] }, tables: "onePerPrefix" },
      ["tables"],
    ],
  ];
  for (const [what, changes, problems] of refused) {
    it(`${what}`, () => {
      assert.deepEqual(
        problemsOf(changes).map(({ argument }) => argument),
        problems,
      );
    });
  }

  const accepted: [string, Changes][] = [
    ["folders", {}],
    ["a whole bucket", { targets: { s3: [{ bucket }] } }],
    ["new folders only, logging", { recrawl: "newFoldersOnly", schemaChange: "ignore" }],
    ["events for one target", { recrawl: "eventMode" }],
    ["events for catalog tables", { recrawl: "eventMode", targets: catalog }],
    ["catalog tables", { targets: catalog }],
  ];
  for (const [what, changes] of accepted) {
    it(`is nothing about ${what}`, () => assert.deepEqual(problemsOf(changes), []));
  }
});

describe("classifiers", () => {
  const argsOf = (classifier: Classifier) => {
    const [resolved] = resolveClassifiers([classifier]).classifiers;
    assert.ok(resolved && resolved.kind !== "existing");
    return classifierArgs(resolved);
  };

  it("tell Glue of CSV in its words", () => {
    const { csvClassifier } = argsOf({ kind: "csv", name: "a", delimiter: ";", quote: '"', header: "present" });
    assert.deepEqual(JSON.parse(JSON.stringify(csvClassifier)), {
      delimiter: ";",
      quoteSymbol: '"',
      containsHeader: "PRESENT",
      allowSingleColumn: false,
      disableValueTrimming: false,
    });
  });

  it("tell of grok, JSON and XML", () => {
    assert.equal(
      (argsOf({ kind: "json", name: "a", path: "$.rows[*]" }).jsonClassifier as { jsonPath: string }).jsonPath,
      "$.rows[*]",
    );
    assert.deepEqual(argsOf({ kind: "xml", name: "a", classification: "books", rowTag: "book" }).xmlClassifier, {
      classification: "books",
      rowTag: "book",
    });
    const grok = argsOf({ kind: "grok", name: "a", classification: "log", pattern: "%{GREEDYDATA:m}" });
    assert.equal((grok.grokClassifier as { grokPattern: string }).grokPattern, "%{GREEDYDATA:m}");
  });

  const refused: [string, Classifier[], string][] = [
    ["two characters between fields", [{ kind: "csv", name: "a", delimiter: "||" }], "classifiers.a.delimiter"],
    [
      "one character as delimiter and quote",
      [{ kind: "csv", name: "a", delimiter: ";", quote: ";" }],
      "classifiers.a.quote",
    ],
    ["one column name twice", [{ kind: "csv", name: "a", columns: ["x", "x"] }], "classifiers.a.columns"],
    ["no header and no names", [{ kind: "csv", name: "a", header: "absent" }], "classifiers.a.columns"],
    [
      "a grok pattern that finds nothing",
      [{ kind: "grok", name: "a", classification: "l", pattern: "plain" }],
      "classifiers.a.pattern",
    ],
    ["a JSON path from nowhere", [{ kind: "json", name: "a", path: "rows[*]" }], "classifiers.a.path"],
    [
      "an XML tag in brackets",
      [{ kind: "xml", name: "a", classification: "b", rowTag: "<book>" }],
      "classifiers.a.rowTag",
    ],
    [
      "one name twice",
      [
        { kind: "json", name: "a", path: "$" },
        { kind: "csv", name: "a" },
      ],
      "classifiers.a",
    ],
  ];
  for (const [what, classifiers, argument] of refused) {
    it(`refuse ${what}`, () => {
      assert.deepEqual(
        resolveClassifiers(classifiers).problems.map((problem) => problem.argument),
        [argument],
      );
    });
  }
});
