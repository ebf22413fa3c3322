import assert from "node:assert/strict";
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetPartitionCommand,
  GetPartitionsCommand,
  GlueClient,
} from "@aws-sdk/client-glue";
import { DeleteObjectsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Manifest, TouchedPartition } from "../../contracts/flow";
import { handler } from "../../functions/partition-registrar";
import { apply, existingAmong, partitionedTable } from "../../functions/partition-registrar/partitions";
import { glue as functionsGlue } from "../../functions/shared/aws";
import { withCloud } from "./cloud";

describe("the partition registrar", () => {
  const cloud = withCloud();
  let glue: GlueClient;
  let database: string;
  let count = 0;

  before(async () => {
    glue = new GlueClient({
      endpoint: cloud().endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    database = cloud().env.DATABASE_NAME ?? "";
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  });

  const location = (table: string) => `s3://${cloud().bucket("PROCESSED")}/${table}/`;
  const makeTable = async (keys = ["year", "month"], parameters: Record<string, string> = {}): Promise<string> => {
    const name = `table${++count}`;
    await glue.send(
      new CreateTableCommand({
        DatabaseName: database,
        TableInput: {
          Name: name,
          PartitionKeys: keys.map((key) => ({ Name: key, Type: "string" })),
          Parameters: parameters,
          StorageDescriptor: {
            Columns: [{ Name: "id", Type: "int" }],
            Location: location(name),
            InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
          },
        },
      }),
    );
    return name;
  };
  const touched = (
    table: string,
    year: string,
    month: string,
    more: Partial<TouchedPartition> = {},
  ): TouchedPartition => ({
    table,
    values: [year, month],
    location: `${location(table)}year=${year}/month=${month}/`,
    ...more,
  });
  const register = async (partitions: readonly TouchedPartition[]) => {
    const manifest = { bucket: cloud().bucket("ARTIFACTS"), key: `runs/${++count}/manifest.json` };
    const body: Pick<Manifest, "partitions"> = { partitions };
    await cloud().s3.send(
      new PutObjectCommand({ Bucket: manifest.bucket, Key: manifest.key, Body: JSON.stringify(body) }),
    );
    return handler({ action: "register", manifest });
  };
  const registered = async (table: string): Promise<string[]> => {
    const answer = await glue.send(new GetPartitionsCommand({ DatabaseName: database, TableName: table }));
    return (answer.Partitions ?? []).map(({ Values }) => (Values ?? []).join("/")).sort();
  };
  const put = async (table: string, ...keys: string[]) => {
    for (const key of keys) {
      await cloud().s3.send(
        new PutObjectCommand({ Bucket: cloud().bucket("PROCESSED"), Key: `${table}/${key}`, Body: "x" }),
      );
    }
  };

  it("adds what a run touched, with the table's storage and its own place", async () => {
    const table = await makeTable();
    const answer = await register([touched(table, "2013", "1"), touched(table, "2013", "2")]);
    assert.deepEqual(answer, {
      status: "succeeded",
      added: 2,
      existing: 0,
      updated: 0,
      removed: 0,
      vanished: [],
      unexpected: [],
    });
    const { Partition } = await glue.send(
      new GetPartitionCommand({ DatabaseName: database, TableName: table, PartitionValues: ["2013", "1"] }),
    );
    assert.equal(Partition?.StorageDescriptor?.Location, `${location(table)}year=2013/month=1/`);
    assert.match(Partition?.StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? "", /ParquetHiveSerDe/);
    assert.deepEqual(
      Partition?.StorageDescriptor?.Columns?.map(({ Name }) => Name),
      ["id"],
    );
  });

  it("leaves what exists alone and adds the rest, several tables at once", async () => {
    const [one, two] = [await makeTable(), await makeTable()];
    await register([touched(one, "2013", "1")]);
    const answer = await register([touched(one, "2013", "1"), touched(one, "2013", "2"), touched(two, "2014", "1")]);
    assert.equal(answer.added, 2);
    assert.equal(answer.existing, 1);
    assert.equal(answer.updated, 0);
  });

  it("mends a partition that points elsewhere", async () => {
    const table = await makeTable();
    await register([touched(table, "2013", "1", { location: `${location(table)}old/` })]);
    const answer = await register([touched(table, "2013", "1")]);
    assert.deepEqual([answer.added, answer.existing, answer.updated], [0, 1, 1]);
    const { Partition } = await glue.send(
      new GetPartitionCommand({ DatabaseName: database, TableName: table, PartitionValues: ["2013", "1"] }),
    );
    assert.equal(Partition?.StorageDescriptor?.Location, `${location(table)}year=2013/month=1/`);
  });

  it("takes an emptied partition out of the catalog, also when it is out already", async () => {
    const table = await makeTable();
    await register([touched(table, "2013", "1"), touched(table, "2013", "2")]);
    const emptied = [touched(table, "2013", "1", { emptied: true })];
    assert.equal((await register(emptied)).removed, 1);
    await register(emptied);
    assert.deepEqual(await registered(table), ["2013/2"]);
  });

  it("does nothing for tables without partitions or with projection", async () => {
    const plain = await makeTable([]);
    const projected = await makeTable(["year"], { "projection.enabled": "true" });
    const answer = await register([
      { table: plain, values: [], location: location(plain) },
      { table: projected, values: ["2013"], location: `${location(projected)}year=2013/` },
    ]);
    assert.equal(answer.added, 0);
    assert.deepEqual(await registered(projected), []);
  });

  it("adds thousands in batches, and only those that are missing", async () => {
    const table = await makeTable();
    const all = Array.from({ length: 1_250 }, (_, index) =>
      touched(table, String(2000 + Math.floor(index / 100)), String(index % 100)),
    );
    assert.equal((await register(all.slice(0, 333))).added, 333);
    const answer = await register(all);
    assert.deepEqual([answer.added, answer.existing], [917, 333]);
    assert.equal((await registered(table)).length, 1_250);
  });

  it("is not disturbed by somebody who adds the same partitions at the same time", async () => {
    const table = await makeTable();
    const all = Array.from({ length: 250 }, (_, index) => touched(table, "2013", String(index)));
    const answers = await Promise.all([register(all), register(all)]);
    assert.equal(answers[0].added + answers[1].added, 250);
    assert.equal((await registered(table)).length, 250);
  });

  it("tries again what Glue could not do at once, and names what it refuses", async () => {
    const table = await partitionedTable(database, await makeTable());
    assert.ok(table);
    const wanted = ["1", "2", "3"].map((month) => ({
      values: ["2013", month],
      location: `${location(table.name)}${month}/`,
    }));
    const failing = (code: string, times: number) => {
      let left = times;
      return (next: (args: never) => Promise<{ output: { Errors?: unknown[] } }>) => async (args: never) => {
        const input = (args as { input: { PartitionInputList?: { Values?: string[] }[] } }).input;
        const list = input.PartitionInputList;
        const bad = list?.find(({ Values }) => Values?.[1] === "2");
        if (!list || !bad || left-- <= 0) return next(args);
        input.PartitionInputList = list.filter((one) => one !== bad);
        const answer = await next(args);
        answer.output.Errors = [
          ...(answer.output.Errors ?? []),
          { PartitionValues: bad.Values, ErrorDetail: { ErrorCode: code, ErrorMessage: "no" } },
        ];
        return answer;
      };
    };
    const stack = functionsGlue().middlewareStack;
    const withFailure = async <T>(code: string, times: number, work: () => Promise<T>): Promise<T> => {
      stack.add(failing(code, times) as never, { step: "initialize", name: "failing" });
      try {
        return await work();
      } finally {
        stack.remove("failing");
      }
    };
    await assert.rejects(
      withFailure("InvalidInputException", 9, async () => apply(table, wanted, new Map(), true)),
      {
        name: "PartitionsNotRegistered",
        message: /1 partitions of .*year=2013\/month=2 \(InvalidInputException: no\)/,
      },
    );
    await assert.rejects(
      withFailure("ThrottlingException", 9, async () => apply(table, wanted, new Map(), true)),
      { name: "TransientError", message: /1 partitions of .*\(ThrottlingException: no\)/ },
      "a Glue that throttles for longer is busy, and no fault",
    );
    const rest = await withFailure("InternalServiceException", 2, async () =>
      apply(table, wanted, await existingAmong(table, wanted), true),
    );
    assert.deepEqual([rest.added, rest.existing], [1, 2]);
    assert.deepEqual(await registered(table.name), ["2013/1", "2013/2", "2013/3"]);
  });

  it("refuses values that do not fit the table's keys", async () => {
    const table = await makeTable();
    await assert.rejects(register([{ table, values: ["2013"], location: location(table) }]), {
      name: "ManifestInvalid",
      message: /its keys are year, month/,
    });
  });

  it("says which table is not there", async () => {
    await assert.rejects(register([touched("absent", "2013", "1")]), {
      name: "InvalidRequest",
      message: /no table absent/,
    });
  });

  it("does not take a run without a manifest for one that touched nothing", async () => {
    const manifest = { bucket: cloud().bucket("ARTIFACTS"), key: "runs/none/manifest.json" };
    await assert.rejects(handler({ action: "register", manifest }), { name: "ManifestMissing" });
  });

  describe("synchronising a table", () => {
    it("adds what is there in key=value folders and leaves an engine's working files out", async () => {
      const table = await makeTable();
      await put(table, "year=2013/month=1/a.parquet", "year=2013/month=1/b.parquet", "year=2014/month=%2F/a.parquet");
      await put(table, "_temporary/0/x", ".hidden/y/z", "year=2013/_spark/x", "loose.parquet", "notes/2013/x");
      const answer = await handler({ action: "sync", table });
      assert.equal(answer.added, 2);
      assert.deepEqual(await registered(table), ["2013/1", "2014//"]);
      assert.deepEqual(answer.unexpected, [`${location(table)}notes/2013/`]);
      const again = await handler({ action: "sync", table });
      assert.deepEqual([again.added, again.existing], [0, 2]);
    });

    it("adds what is there in plain folders, in the order of the keys", async () => {
      const table = await makeTable();
      await put(table, "2013/01/a.parquet", "2013/02/a.parquet");
      assert.equal((await handler({ action: "sync", table })).added, 2);
      assert.deepEqual(await registered(table), ["2013/01", "2013/02"]);
    });

    it("follows a listing over its pages", async () => {
      const table = await makeTable(["day"]);
      const keys = Array.from({ length: 1_100 }, (_, index) => `day=${index}/a.parquet`);
      for (let start = 0; start < keys.length; start += 100) {
        await Promise.all(keys.slice(start, start + 100).map((key) => put(table, key)));
      }
      assert.equal((await handler({ action: "sync", table })).added, 1_100);
    });

    it("reports what has vanished and removes it only when asked", async () => {
      const table = await makeTable();
      await put(table, "year=2013/month=1/a.parquet", "year=2013/month=2/a.parquet");
      await handler({ action: "sync", table });
      await cloud().s3.send(
        new DeleteObjectsCommand({
          Bucket: cloud().bucket("PROCESSED"),
          Delete: { Objects: [{ Key: `${table}/year=2013/month=2/a.parquet` }] },
        }),
      );
      const reported = await handler({ action: "sync", table });
      assert.deepEqual([reported.vanished, reported.removed], [["year=2013/month=2"], 0]);
      assert.equal((await registered(table)).length, 2);
      const removed = await handler({ action: "sync", table, removeVanished: true });
      assert.deepEqual([removed.vanished, removed.removed], [["year=2013/month=2"], 1]);
      assert.deepEqual(await registered(table), ["2013/1"]);
    });

    it("does nothing to a table with projection", async () => {
      const table = await makeTable(["year"], { "projection.enabled": "true" });
      await put(table, "year=2013/a.parquet");
      assert.equal((await handler({ action: "sync", table })).added, 0);
    });
  });
});
