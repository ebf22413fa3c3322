import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { record, valueOf, type Recording } from "./support/harness";

/** Every program under `examples/` runs; what it claims to show is there. */

const folder = resolve(__dirname, "../examples");
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Runs a program as Pulumi does: a module whose exports are the stack's outputs. */
function run(name: string): Promise<Recording<Record<string, pulumi.Output<unknown>>>> {
  const file = join(folder, name, "index.ts");
  // A second run must register everything anew.
  delete require.cache[file];
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return record(() => require(file) as Record<string, pulumi.Output<unknown>>);
}

const CLAIMS: Readonly<Record<string, (recording: Recording) => void>> = {
  lake: (recording) => {
    const { inputs } = recording.one("glue/catalogTable:CatalogTable", "catalog-orders");
    assert.deepEqual(
      inputs.partitionKeys.map(({ name }: { name: string }) => name),
      ["country"],
    );
    const rules = recording.one("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "lake-raw-lifecycle")
      .inputs.rules;
    assert.deepEqual(
      rules.map(({ filter, expiration }: { filter: { prefix: string }; expiration: { days: number } }) => [
        filter.prefix,
        expiration.days,
      ]),
      [
        ["", 400],
        ["orders/", 90],
      ],
    );
    assert.match(recording.one("athena/namedQuery:NamedQuery").inputs.query, /FROM orders/);
  },
  discovery: (recording) => {
    const { inputs } = recording.one("glue/crawler:Crawler");
    assert.equal(inputs.recrawlPolicy.recrawlBehavior, "CRAWL_EVENT_MODE");
    assert.deepEqual(inputs.classifiers, ["exports-semicolons-1a2b3c4", "exports-access-log-1a2b3c4"]);
    assert.equal(JSON.parse(inputs.configuration).Grouping.TableLevelConfiguration, 3);
  },
  alerts: (recording) => {
    assert.deepEqual(
      recording
        .all("sns/topicSubscription:TopicSubscription")
        .map(({ inputs }) => inputs.protocol)
        .sort(),
      ["email", "https", "sqs"],
    );
  },
  "database-events": (recording) => {
    const sources = recording.all("rds/eventSubscription:EventSubscription").map(({ inputs }) => inputs.sourceType);
    assert.deepEqual([...new Set(sources)].sort(), [
      "blue-green-deployment",
      "db-cluster",
      "db-instance",
      "db-parameter-group",
      "db-security-group",
    ]);
    const protocols = recording
      .all("sns/topicSubscription:TopicSubscription")
      .filter(({ name }) => name.startsWith("database-events-"))
      .map(({ inputs }) => inputs.protocol);
    assert.deepEqual(protocols.sort(), ["email", "firehose", "sqs"]);
  },
  "on-premises-files": (recording) => {
    const tasks = recording.all("datasync/task:Task");
    assert.deepEqual(tasks.map(({ name }) => name).sort(), [
      "measurements-task",
      "recipes-return-task",
      "recipes-task",
    ]);
    assert.equal(tasks.find(({ name }) => name === "measurements-task")?.inputs.excludes.value, "/tmp|*.part");
  },
  "power-bi": (recording) => {
    const files = recording.all("s3/bucketObjectv2:BucketObjectv2").map(({ inputs }) => inputs.key);
    assert.ok(files.includes("bi/power-bi/power-bi.reg"), files.join(", "));
  },
  "orders-api": (recording) => {
    const { inputs } = recording.one("appsync/graphQLApi:GraphQLApi");
    assert.equal(inputs.authenticationType, "AMAZON_COGNITO_USER_POOLS");
    assert.equal(recording.all("appsync/resolver:Resolver").length, 2);
  },
  orders: (recording) => {
    const { inputs } = recording.one("lambda/eventSourceMapping:EventSourceMapping");
    assert.match(inputs.eventSourceArn, /orders-table/);
    const [delivery] = recording.all("kinesis/firehoseDeliveryStream:FirehoseDeliveryStream");
    const { dataFormatConversionConfiguration: conversion } = delivery?.inputs.extendedS3Configuration;
    assert.equal(conversion.schemaConfiguration.tableName, "order_changes");
  },
  "replicated-bucket": (recording) => {
    const { inputs } = recording.one("s3/bucketReplicationConfig:BucketReplicationConfig");
    assert.equal(inputs.rules[0].destination.bucket, "arn:aws:s3:::reports-copy-bucket-1a2b3c4");
  },
  "live-updates": (recording) => {
    const channels = recording
      .all("lambda/function:Function")
      .flatMap(({ inputs }) => inputs.environment.variables.CHANNEL ?? []);
    assert.deepEqual(channels, ["orders"]);
    assert.match(
      recording.one("cloudwatch/eventTarget:EventTarget").inputs.inputTransformer.inputTemplate,
      /"channel":"ingestions\/all"/,
    );
    assert.equal(recording.all("apigatewayv2/route:Route").length, 5);
  },
  migration: (recording) => {
    const { inputs } = recording.one("dms/replicationTask:ReplicationTask");
    const { rules } = JSON.parse(inputs.tableMappings as string) as { rules: Record<string, unknown>[] };
    assert.deepEqual(
      rules.map((rule) => rule["rule-action"]),
      ["include", "exclude", "convert-lowercase", "remove-column"],
    );
    assert.equal(recording.one("dms/s3Endpoint:S3Endpoint").inputs.bucketFolder, "shop");
    assert.equal(recording.all("dms/migrationProject:MigrationProject").length, 1);
    assert.equal(recording.all("iam/role:Role").filter(({ inputs: { name } }) => name === "dms-vpc-role").length, 1);
  },
  "relational-database": (recording) => {
    const proxy = recording.one("rds/proxy:Proxy").inputs;
    assert.equal(proxy.auths[0].iamAuth, "REQUIRED");
    assert.equal(
      recording.one("rds/proxyTarget:ProxyTarget").inputs.dbClusterIdentifier,
      recording.one("rds/cluster:Cluster").state.name,
    );
    assert.equal(recording.one("appautoscaling/target:Target").inputs.maxCapacity, 4);
  },
};

describe("the examples", () => {
  it("are each listed in their README and checked here for what they show", () => {
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    for (const name of names) assert.match(readme, new RegExp(`^\\| ${name} +\\|`, "m"));
    assert.deepEqual([...names].sort(), Object.keys(CLAIMS).sort());
  });

  for (const name of names) {
    it(`${name} is a Pulumi project, runs, and has outputs with values`, async () => {
      const project = parse(readFileSync(join(folder, name, "Pulumi.yaml"), "utf8")) as {
        name: string;
        runtime: { name: string };
      };
      assert.equal(project.name, `example-${name}`);
      assert.equal(project.runtime.name, "nodejs");
      assert.ok(existsSync(join(folder, name, "index.ts")));
      const recording = await run(name);
      CLAIMS[name]?.(recording);
      const outputs = Object.entries(recording.result).filter(([, value]) => pulumi.Output.isInstance(value));
      assert.ok(outputs.length > 0, "no outputs");
      for (const [output, value] of outputs) assert.notEqual(await valueOf(value), undefined, output);
    });
  }
});
