import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { request } from "node:http";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  paginateListRoles,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { DuckDBInstance } from "@duckdb/node-api";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { localStack, runningCloud } from "../../cli/deploy";
import { awsEnv } from "../../local/cloud";
import { lastDenials } from "../../local/iam/denials";
import { NODE_BIN, REPOSITORY } from "../../local/paths";
import { until } from "../support/home";
import { WebSocketClient } from "../support/web-socket-client";
import { birds, flock } from "./penguins";
import { deployedPlatform, type DeployedPlatform } from "./platform";

/** What the stack exports beside what the `platform` command uses. */
interface Everything {
  readonly liveUrl: string;
  readonly graphqlEndpoint: string;
  readonly documentTables: Readonly<Record<string, string>>;
  readonly migrationTasks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly databaseEventsTopicArn: string;
  readonly connections: Readonly<Record<string, { readonly writer?: { readonly host: string } }>>;
}

describe("everything the platform is composed of", function () {
  this.timeout(240_000);
  let platform: DeployedPlatform;
  let outputs: Everything;
  let at: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  let ministack: string;

  before(async () => {
    platform = await deployedPlatform();
    outputs = platform.outputs as unknown as Everything;
    const cloud = await runningCloud();
    const env = awsEnv(cloud);
    ministack = env.AWS_ENDPOINT_URL ?? "";
    at = { region: env.AWS_REGION ?? "", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  });

  it("sends a WebSocket client a message about a dataset as soon as a file of it is ingested", async () => {
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    const credential = encodeURIComponent(`test/${day}/${at.region}/execute-api/aws4_request`);
    const url = `${outputs.liveUrl}?X-Amz-Credential=${credential}`;
    const client = await WebSocketClient.connect(url);
    try {
      const answer = await client.asks({ action: "subscribe", channel: "datasets" });
      assert.equal(answer.channel, "datasets", JSON.stringify(answer));
      const { entry } = await platform.ingest("penguins/live.csv", flock(birds("LIVE", 2061, 2)));
      assert.equal(entry.status, "DONE", entry.reason);
      const heard = (await client.hears()) as {
        channel: string;
        message: { event: string; detail: { tables: string[] } };
      };
      assert.equal(heard.channel, "datasets");
      assert.ok(heard.message.detail.tables.includes("penguins"), JSON.stringify(heard));
    } finally {
      await client.leave();
    }
  });

  it("keeps a change of a DynamoDB table as Parquet in the lake", async () => {
    const TableName = outputs.documentTables.orders ?? "";
    await new DynamoDBClient({ ...at, endpoint: ministack }).send(
      new PutItemCommand({
        TableName,
        Item: { customer: { S: "ada" }, placed_at: { S: "2026-11-23T04:00:00Z" }, status: { S: "new" } },
      }),
    );
    const bucket = platform.outputs.buckets.processed ?? "";
    let keys: string[] = [];
    for (const deadline = Date.now() + 60_000; keys.length === 0 && Date.now() < deadline;) {
      keys = await platform.keys(bucket, "changes/orders-changes/");
      if (keys.length === 0) await new Promise((wake) => setTimeout(wake, 200));
    }
    assert.ok(keys[0], "no change reached the lake within a minute");
    const file = join(platform.home.folder, "change.parquet");
    writeFileSync(file, await platform.read(`s3://${bucket}/${keys[0]}`));
    const connection = await (await DuckDBInstance.create()).connect();
    const reader = await connection.runAndReadAll(`select event_name, new_item from read_parquet('${file}')`);
    connection.closeSync();
    const [[event, item] = []] = reader.getRows() as [string, string][];
    assert.equal(event, "INSERT");
    assert.deepEqual(JSON.parse(item ?? ""), { customer: "ada", placed_at: "2026-11-23T04:00:00Z", status: "new" });
  });

  it("answers by GraphQL what a mutation has put", async () => {
    const ask = (query: string): Promise<{ data?: Record<string, string | null>; errors?: unknown }> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(ministack);
        const scope = `test/20261123/${at.region}/appsync/aws4_request`;
        const headers = {
          host: new URL(outputs.graphqlEndpoint).host,
          "content-type": "application/json",
          authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
        };
        const one = request({ hostname, port, method: "POST", path: "/graphql", headers }, (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("end", () => resolve(JSON.parse(Buffer.concat(parts).toString()) as object));
        });
        one.on("error", reject);
        one.end(JSON.stringify({ query }));
      });
    const item = { customer: "grace", placed_at: "2026-11-23", total: 3 };
    const put = await ask(`mutation { putOrders(item: ${JSON.stringify(JSON.stringify(item))}) }`);
    assert.deepEqual(JSON.parse(put.data?.putOrders ?? "null"), item, JSON.stringify(put));
    const got = await ask('{ orders(customer: "grace", placed_at: "2026-11-23") }');
    assert.deepEqual(JSON.parse(got.data?.orders ?? "null"), item, JSON.stringify(got));
  });

  it("has the database, its events and the migration as they were asked for", async () => {
    const { DBInstances = [] } = await new RDSClient({ ...at, endpoint: ministack }).send(
      new DescribeDBInstancesCommand({}),
    );
    assert.deepEqual(
      DBInstances.map((one) => [one.Engine, one.StorageEncrypted, one.PubliclyAccessible, one.BackupRetentionPeriod]),
      [["postgres", true, false, 7]],
    );
    // No emulator knows subscriptions and migrations: the stack's state is what there is of them.
    const { deployment } = await (await localStack(await runningCloud())).exportStack();
    const { resources } = deployment as { resources: { type: string; outputs?: Record<string, unknown> }[] };
    const held = (type: string): Record<string, unknown>[] =>
      resources.filter((one) => one.type === type).map(({ outputs: told = {} }) => told);
    const subscriptions = held("aws:rds/eventSubscription:EventSubscription");
    assert.deepEqual(subscriptions.map(({ sourceType }) => sourceType).sort(), [
      "db-cluster",
      "db-instance",
      "db-parameter-group",
      "db-security-group",
    ]);
    assert.ok(subscriptions.every(({ snsTopic }) => snsTopic === outputs.databaseEventsTopicArn));
    const tasks = held("aws:dms/replicationTask:ReplicationTask").map(({ replicationTaskArn }) => replicationTaskArn);
    assert.deepEqual(tasks, [outputs.migrationTasks.shop?.all]);
  });

  it("does not ingest a file when the engine's role may not use the key, and says what the role lacks", async () => {
    const iam = new IAMClient({ ...at, endpoint: ministack });
    let RoleName = "";
    for await (const { Roles = [] } of paginateListRoles({ client: iam }, {})) {
      RoleName ||= Roles.find((role) => role.RoleName?.startsWith("ingestion-light-etl-role"))?.RoleName ?? "";
    }
    platform.provoked.add(RoleName);
    const { PolicyNames: [PolicyName] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const whole = decodeURIComponent(PolicyDocument);
    const { Statement, ...rest } = JSON.parse(whole) as { Statement: { Action: string | string[] }[] };
    const without = Statement.filter(({ Action }) => ![Action].flat().includes("kms:Decrypt"));
    assert.equal(without.length, Statement.length - 1);
    const put = (document: string): Promise<unknown> =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
    await put(JSON.stringify({ ...rest, Statement: without }));
    const dropped = await platform.drop("penguins/locked.csv", flock(birds("LOCKED", 2062, 2)));
    const denial = { role: RoleName, action: "kms:Decrypt", by: "identity" };
    await until("the engine is denied the key", () =>
      lastDenials().some((one) => Object.entries(denial).every(([name, value]) => one[name as "role"] === value)),
    );
    const status = spawnSync(join(NODE_BIN, "node"), [join(REPOSITORY, "cli/bin/platform.js"), "local", "status"], {
      encoding: "utf8",
    });
    assert.match(status.stdout, new RegExp(`${RoleName} +. kms:Decrypt +. arn:aws:kms:`), status.stderr);
    assert.match(
      status.stdout,
      /"Action":"kms:Decrypt","Resource":"arn:aws:kms:[^"]+"\} \(EncryptionKey\.grantDecrypt\(\)\)/,
    );
    assert.notEqual((await platform.entry(dropped))?.status, "DONE");
    await put(whole);
  });
});
