import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { references } from "../../../evaluate/lints/references";
import { record } from "../../support/harness";

async function found(program: () => unknown): Promise<string[]> {
  const { resources } = await record(() => void program());
  return references(resources).map(({ resource, message }) => `${resource.name}: ${message.split(",")[0]}`);
}

const table = (): aws.glue.CatalogTable => {
  const database = new aws.glue.CatalogDatabase("database", { name: "sales" });
  return new aws.glue.CatalogTable("table", { name: "orders", databaseName: database.name });
};

describe("the lint of resources that others name", () => {
  const ruleset = (tableName: pulumi.Input<string>, options?: pulumi.CustomResourceOptions): unknown =>
    new aws.glue.DataQualityRuleset(
      "rules",
      { ruleset: "Rules = []", targetTable: { databaseName: "sales", tableName } },
      options,
    );
  const line = "rules: it names table by a text and does not depend on it";

  it("finds a ruleset that may be created before its table", async () => {
    assert.deepEqual(
      await found(() => {
        table();
        ruleset("orders");
      }),
      [line],
    );
  });

  it("accepts an output of the table, and an explicit dependency", async () => {
    assert.deepEqual(await found(() => ruleset(table().name)), []);
    assert.deepEqual(await found(() => ruleset("orders", { dependsOn: [table()] })), []);
  });

  it("asks nothing about a table that the program does not make", async () => {
    assert.deepEqual(await found(() => ruleset("orders")), []);
  });

  it("sees a job among several of a trigger", async () => {
    const problems = await found(() => {
      const first = new aws.glue.Job("first", { roleArn: "role", command: { scriptLocation: "s3://a/b.py" } });
      new aws.glue.Job("second", { name: "second", roleArn: "role", command: { scriptLocation: "s3://a/b.py" } });
      new aws.glue.Trigger("nightly", {
        type: "SCHEDULED",
        schedule: "cron(0 3 * * ? *)",
        actions: [{ jobName: first.name }, { jobName: "second" }],
      });
    });
    assert.deepEqual(problems, ["nightly: it names second by a text and does not depend on it"]);
  });
});
