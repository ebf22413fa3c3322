import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteItemCommand, DescribeTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient, ListShardsCommand } from "@aws-sdk/client-kinesis";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import * as aws from "@pulumi/aws";
import { DuckDBInstance } from "@duckdb/node-api";
import { DataLake, DocumentTable, EncryptionKey, TableChangeLog } from "../../../components";
import { sharedMinistack } from "../../support/ministack";
import { withStack } from "../../support/stack";

const LOSE = { posture: "disposable", allowDataLoss: true } as const;

describe("a document table and its change log in the local cloud", function () {
  this.timeout(180_000);
  let dynamodb: DynamoDBClient;
  let kinesis: KinesisClient;
  let s3: S3Client;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const at = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
    };
    dynamodb = new DynamoDBClient(at);
    kinesis = new KinesisClient(at);
    s3 = new S3Client(at);
  });

  const program =
    (changes: { readonly recoveryDays?: number; readonly byStatus?: boolean } = {}) =>
    async () => {
      const key = new EncryptionKey("orders", { description: "Orders", protection: LOSE });
      const lake = new DataLake("lake", { key, protection: LOSE });
      const database = new aws.glue.CatalogDatabase("orders", { name: "orders_lake" });
      const table = new DocumentTable("orders", {
        key,
        partitionKey: { name: "id", type: "string" },
        globalIndexes:
          changes.byStatus === false ? {} : { "by-status": { partitionKey: { name: "status", type: "string" } } },
        timeToLiveAttribute: "expires_at",
        recoveryDays: changes.recoveryDays,
        stream: "both",
        kinesis: { precision: "microsecond" },
        protection: LOSE,
      });
      const log = new TableChangeLog("order-changes", {
        table,
        lake,
        key,
        databaseName: database.name,
        bufferSeconds: 0,
      });
      return {
        table: table.tableName,
        kinesis: table.kinesisStreamArn,
        bucket: lake.zones.processed.bucketName,
        location: log.location,
      };
    };

  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((wake) => setTimeout(wake, 200));
    }
    throw new Error(`did not come about within a minute: ${what}`);
  }

  /** The rows of all Parquet objects below a prefix. */
  async function rows(bucket: string, prefix: string): Promise<Record<string, unknown>[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    const folder = mkdtempSync(join(tmpdir(), "changes-"));
    try {
      for (const [index, { Key }] of Contents.entries()) {
        assert.match(Key ?? "", /\/day=\d{4}-\d{2}-\d{2}\//);
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        writeFileSync(join(folder, `${index}.parquet`), (await Body?.transformToByteArray()) ?? "");
      }
      if (Contents.length === 0) return [];
      const connection = await (await DuckDBInstance.create()).connect();
      const reader = await connection.runAndReadAll(
        `select * replace (changed_at::varchar as changed_at) from read_parquet('${folder}/*.parquet') order by sequence_number`,
      );
      connection.closeSync();
      return reader.getRowObjectsJson() as Record<string, unknown>[];
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("keeps every change as Parquet, and changes in place what DynamoDB changes in place", async () => {
    await withStack(async ({ up, preview, refresh, destroy }) => {
      const { outputs } = await up(program());
      const TableName = String(outputs.table?.value);
      const bucket = String(outputs.bucket?.value);
      assert.deepEqual(await preview(program()), {}, "a second deployment would change something");
      assert.deepEqual(await refresh(program()), {}, "the emulator tells something else");

      const started = Date.now();
      await dynamodb.send(
        new PutItemCommand({
          TableName,
          Item: {
            id: { S: "a-1" },
            status: { S: "new" },
            total: { N: "12.50" },
            long: { N: "12345678901234567890" },
            tags: { SS: ["x", "y"] },
          },
        }),
      );
      await dynamodb.send(
        new PutItemCommand({ TableName, Item: { id: { S: "a-1" }, status: { S: "paid" }, total: { N: "12.50" } } }),
      );
      await dynamodb.send(new DeleteItemCommand({ TableName, Key: { id: { S: "a-1" } } }));

      const found = await until("three changes in the lake", async () => {
        const all = await rows(bucket, "changes/order-changes/");
        return all.length >= 3 ? all : undefined;
      });
      assert.deepEqual(
        found.map((one) => one.event_name),
        ["INSERT", "MODIFY", "REMOVE"],
      );
      const [insert, modify, remove] = found.map((one) => ({
        key: JSON.parse(String(one.item_key)) as unknown,
        now: one.new_item === null ? undefined : (JSON.parse(String(one.new_item)) as Record<string, unknown>),
        before: one.old_item === null ? undefined : (JSON.parse(String(one.old_item)) as Record<string, unknown>),
      }));
      assert.deepEqual(insert, {
        key: { id: "a-1" },
        now: { id: "a-1", status: "new", total: 12.5, long: "12345678901234567890", tags: ["x", "y"] },
        before: undefined,
      });
      assert.deepEqual([modify?.before?.status, modify?.now?.status], ["new", "paid"]);
      assert.deepEqual([remove?.now, remove?.before?.status], [undefined, "paid"]);
      for (const one of found) {
        assert.equal(one.source_table, TableName);
        assert.equal(one.expired, false);
        const at = Date.parse(`${String(one.changed_at).replace(" ", "T").slice(0, 19)}Z`);
        assert.ok(at >= started - 1000 && at <= Date.now() + 1000, `${String(one.changed_at)} is not now`);
      }
      assert.equal(new Set(found.map((one) => one.event_id)).size, 3);

      const StreamARN = String(outputs.kinesis?.value);
      const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamARN }));
      const records = await until("three changes in Kinesis", async () => {
        const all = await Promise.all(
          Shards.map(async ({ ShardId }) => {
            const { ShardIterator } = await kinesis.send(
              new GetShardIteratorCommand({ StreamARN, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
            );
            return (await kinesis.send(new GetRecordsCommand({ StreamARN, ShardIterator }))).Records ?? [];
          }),
        );
        return all.flat().length >= 3 ? all.flat() : undefined;
      });
      assert.equal(records.length, 3);

      await up(program({ recoveryDays: 7, byStatus: false }));
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      assert.equal(Table?.GlobalSecondaryIndexes?.length ?? 0, 0);
      assert.deepEqual(await preview(program({ recoveryDays: 7, byStatus: false })), {});
      await destroy();
      await assert.rejects(dynamodb.send(new DescribeTableCommand({ TableName })), {
        name: "ResourceNotFoundException",
      });
    });
  });
});
