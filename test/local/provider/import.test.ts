import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { sharedMinistack } from "../../support/ministack";
import { givenRole } from "../../support/role";
import { withStack } from "../../support/stack";

const ROLE = "arn:aws:iam::000000000000:role/flow";
const MACHINE = { StartAt: "Run", States: { Run: { Type: "Pass", End: true } } };

describe("what exists already in the local cloud", function () {
  this.timeout(240_000);
  before(async () => givenRole(await sharedMinistack(), "flow", ["states", "glue", "events"]));

  /** The same resources with fixed names, new or taken over by their ids. */
  const program =
    (ids: Readonly<Record<string, string>> = {}) =>
    async () => {
      const from = (name: string): { import?: string } => (ids[name] === undefined ? {} : { import: ids[name] });
      const database = new aws.glue.CatalogDatabase(
        "database",
        { name: "lake", description: "Tables" },
        from("database"),
      );
      const table = new aws.glue.CatalogTable(
        "table",
        {
          databaseName: "lake",
          name: "flights",
          tableType: "EXTERNAL_TABLE",
          parameters: { classification: "parquet" },
          partitionKeys: [{ name: "year", type: "int" }],
          storageDescriptor: {
            location: "s3://processed/flights/",
            columns: [{ name: "a", type: "string" }],
            serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
          },
        },
        { dependsOn: database, ...from("table") },
      );
      const crawler = new aws.glue.Crawler(
        "crawler",
        {
          name: "discovery",
          databaseName: "lake",
          role: ROLE,
          s3Targets: [{ path: "s3://raw/" }],
          schemaChangePolicy: { updateBehavior: "LOG", deleteBehavior: "LOG" },
          recrawlPolicy: { recrawlBehavior: "CRAWL_EVERYTHING" },
        },
        from("crawler"),
      );
      const job = new aws.glue.Job(
        "job",
        {
          name: "etl",
          roleArn: ROLE,
          command: { name: "glueetl", scriptLocation: "s3://artifacts/etl.py" },
          defaultArguments: { "--a": "1" },
        },
        from("job"),
      );
      const ledger = new aws.dynamodb.Table(
        "ledger",
        {
          name: "ledger",
          billingMode: "PAY_PER_REQUEST",
          hashKey: "pk",
          attributes: [{ name: "pk", type: "S" }],
          pointInTimeRecovery: { enabled: true },
        },
        from("ledger"),
      );
      const flow = new aws.sfn.StateMachine(
        "flow",
        { name: "flow", roleArn: ROLE, definition: JSON.stringify(MACHINE), tags: { team: "data" } },
        from("flow"),
      );
      const rule = new aws.cloudwatch.EventRule(
        "rule",
        { name: "dropped", eventPattern: JSON.stringify({ source: ["aws.s3"] }) },
        from("rule"),
      );
      const target = new aws.cloudwatch.EventTarget(
        "target",
        {
          rule: "dropped",
          targetId: "flow",
          arn: "arn:aws:states:eu-central-1:000000000000:stateMachine:flow",
          roleArn: ROLE,
        },
        { dependsOn: rule, ...from("target") },
      );
      const alarm = new aws.cloudwatch.MetricAlarm(
        "alarm",
        {
          name: "failures",
          namespace: "AWS/States",
          metricName: "ExecutionsFailed",
          statistic: "Sum",
          period: 60,
          evaluationPeriods: 1,
          threshold: 1,
          comparisonOperator: "GreaterThanThreshold",
        },
        from("alarm"),
      );
      const workgroup = new aws.athena.Workgroup(
        "workgroup",
        { name: "analysts", configuration: { resultConfiguration: { outputLocation: "s3://results/" } } },
        from("workgroup"),
      );
      const all = { database, table, crawler, job, ledger, flow, rule, target, alarm, workgroup };
      return Object.fromEntries(Object.entries(all).map(([name, resource]) => [name, resource.id]));
    };

  it("is taken over by its id, without a change", async () => {
    await withStack(async (first) => {
      const { outputs } = await first.up(program());
      const ids = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, String(value)]));
      // An event target is imported by another text than its id.
      assert.equal(ids.target, "dropped-flow");
      ids.target = "dropped/flow";
      await withStack(async (second) => {
        assert.deepEqual(await second.preview(program(ids)), { create: 1, import: 10 });
        await second.up(program(ids));
        assert.deepEqual(await second.preview(program(ids)), {});
        await second.destroy();
      });
    });
  });
});
