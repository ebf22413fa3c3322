import assert from "node:assert/strict";
import {
  DocumentTable,
  EncryptionKey,
  NotificationTopic,
  PlatformFunction,
  type DocumentTableArgs,
} from "../../../../components";
import { record, type Recording } from "../../../support/harness";

type Changes = Partial<Omit<DocumentTableArgs, "key">>;

const make = (changes: Changes = {}, use: (table: DocumentTable, key: EncryptionKey) => void = () => undefined) =>
  record(() => {
    const key = new EncryptionKey("orders", { description: "Orders" });
    const table = new DocumentTable("orders", {
      key,
      partitionKey: { name: "customer", type: "string" },
      sortKey: { name: "placed_at", type: "string" },
      ...changes,
    });
    use(table, key);
    return table;
  });

const tableOf = async (changes: Changes = {}): Promise<Record<string, unknown>> =>
  (await make(changes)).one("dynamodb/table:Table").inputs as Record<string, unknown>;

describe("DocumentTable", () => {
  it("is encrypted with the key, restorable over 35 days, protected, and on demand", async () => {
    const table = await tableOf();
    assert.equal(table.billingMode, "PAY_PER_REQUEST");
    assert.equal(table.deletionProtectionEnabled, true);
    assert.deepEqual(table.pointInTimeRecovery, { enabled: true, recoveryPeriodInDays: 35 });
    const { enabled, kmsKeyArn } = table.serverSideEncryption as Record<string, unknown>;
    assert.equal(enabled, true);
    assert.match(String(kmsKeyArn), /^arn:aws:kms:/);
  });

  it("loses its protection only when both keys are turned", async () => {
    const of = async (protection: DocumentTableArgs["protection"]): Promise<unknown> =>
      (await tableOf({ protection })).deletionProtectionEnabled;
    assert.equal(await of({ posture: "disposable", allowDataLoss: false }), true);
    assert.equal(await of({ posture: "guarded", allowDataLoss: false }), true);
    assert.equal(await of({ posture: "disposable", allowDataLoss: true }), false);
  });

  it("defines exactly the attributes that are keys, each once", async () => {
    const table = await tableOf({
      globalIndexes: {
        "by-status": {
          partitionKey: { name: "status", type: "string" },
          sortKey: { name: "placed_at", type: "string" },
        },
        "by-total": { partitionKey: { name: "customer", type: "string" }, sortKey: { name: "total", type: "number" } },
      },
      localIndexes: { "by-weight": { sortKey: { name: "weight", type: "number" }, projection: ["label"] } },
    });
    assert.deepEqual(table.attributes, [
      { name: "customer", type: "S" },
      { name: "placed_at", type: "S" },
      { name: "status", type: "S" },
      { name: "total", type: "N" },
      { name: "weight", type: "N" },
    ]);
    assert.deepEqual(table.localSecondaryIndexes, [
      { name: "by-weight", rangeKey: "weight", projectionType: "INCLUDE", nonKeyAttributes: ["label"] },
    ]);
  });

  it("reports the keys of the table and of every global index, or none", async () => {
    const globalIndexes = { "by-status": { partitionKey: { name: "status", type: "string" as const } } };
    const of = async (changes: Changes): Promise<unknown[]> =>
      (await make({ globalIndexes, ...changes }))
        .all("dynamodb/contributorInsights:ContributorInsights")
        .map(({ inputs }) => [inputs.indexName, inputs.mode]);
    assert.deepEqual(await of({}), [
      [undefined, "ACCESSED_AND_THROTTLED_KEYS"],
      ["by-status", "ACCESSED_AND_THROTTLED_KEYS"],
    ]);
    assert.deepEqual(await of({ contributorInsights: "off" }), []);
  });

  it("lets the capacity of the table and its indexes follow use, and leaves it alone afterwards", async () => {
    const recording = await make({
      globalIndexes: { "by-status": { partitionKey: { name: "status", type: "string" } } },
      capacity: { mode: "autoscaled", read: { minimum: 5, maximum: 100 }, write: { minimum: 2, maximum: 50 } },
    });
    const table = recording.one("dynamodb/table:Table");
    assert.deepEqual(
      [table.inputs.billingMode, table.inputs.readCapacity, table.inputs.writeCapacity],
      ["PROVISIONED", 5, 2],
    );
    assert.deepEqual([...table.ignoreChanges].sort(), [
      "globalSecondaryIndexes[0].readCapacity",
      "globalSecondaryIndexes[0].writeCapacity",
      "readCapacity",
      "writeCapacity",
    ]);
    const targets = recording
      .all("appautoscaling/target:Target")
      .map(({ inputs }) => [
        inputs.scalableDimension,
        inputs.resourceId.replace(/orders-table-\w+/, "T"),
        inputs.minCapacity,
        inputs.maxCapacity,
      ]);
    assert.deepEqual(targets, [
      ["dynamodb:table:ReadCapacityUnits", "table/T", 5, 100],
      ["dynamodb:table:WriteCapacityUnits", "table/T", 2, 50],
      ["dynamodb:index:ReadCapacityUnits", "table/T/index/by-status", 5, 100],
      ["dynamodb:index:WriteCapacityUnits", "table/T/index/by-status", 2, 50],
    ]);
  });

  it("gives replicas encryption, recovery and protection of their own, and the stream they need", async () => {
    const table = await tableOf({
      replicas: [{ region: "eu-west-1", keyArn: "arn:aws:kms:eu-west-1:123456789012:key/replica" }],
    });
    assert.deepEqual(table.replicas, [
      {
        regionName: "eu-west-1",
        kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/replica",
        pointInTimeRecovery: true,
        propagateTags: true,
        deletionProtectionEnabled: true,
      },
    ]);
    assert.deepEqual([table.streamEnabled, table.streamViewType], [true, "NEW_AND_OLD_IMAGES"]);
  });

  it("starts from an export, from a moment of another table, or from a backup", async () => {
    const backup = await tableOf({ origin: { from: "backup", backupArn: "arn:aws:dynamodb:::backup" } });
    assert.equal(backup.restoreBackupArn, "arn:aws:dynamodb:::backup");
    const latest = await tableOf({ origin: { from: "pointInTime", tableArn: "arn:aws:dynamodb:::t" } });
    assert.deepEqual([latest.restoreSourceTableArn, latest.restoreToLatestTime], ["arn:aws:dynamodb:::t", true]);
    const imported = await tableOf({ origin: { from: "export", bucketName: "b", format: "csv", delimiter: ";" } });
    assert.deepEqual(imported.importTable, {
      inputFormat: "CSV",
      inputCompressionType: "NONE",
      s3BucketSource: { bucket: "b" },
      inputFormatOptions: { csv: { delimiter: ";" } },
    });
  });

  it("triggers a function with halved batches, filters, and a place for what cannot be handled", async () => {
    const recording = await make({ stream: "both" }, (table, key) => {
      const fn = new PlatformFunction("audit", {
        code: "change-log",
        description: "Audit",
        key,
        statements: table.grantStream(),
      });
      table.trigger("audit", { function: fn, filters: [{ eventName: ["REMOVE"] }], retries: 2 });
    });
    const { inputs } = recording.one("lambda/eventSourceMapping:EventSourceMapping", "orders-audit-trigger");
    assert.equal(inputs.bisectBatchOnFunctionError, true);
    assert.deepEqual(inputs.functionResponseTypes, ["ReportBatchItemFailures"]);
    assert.equal(inputs.maximumRetryAttempts, 2);
    assert.deepEqual(inputs.filterCriteria.filters, [{ pattern: '{"eventName":["REMOVE"]}' }]);
    assert.match(inputs.destinationConfig.onFailure.destinationArn, /audit-unhandled/);
    const allowed = recording.statements(recording.one("iam/rolePolicy:RolePolicy", "audit-role-policy"));
    const stream = allowed.find(({ Action }) => Action.includes("dynamodb:GetRecords"));
    assert.deepEqual(stream?.Resource, [inputs.eventSourceArn]);
  });

  it("tells a topic of refused reads and writes, and of a consumer that falls behind", async () => {
    const recording: Recording = await record(() => {
      const key = new EncryptionKey("orders", { description: "Orders" });
      const alerts = new NotificationTopic("alerts", { key });
      new DocumentTable("orders", { key, alerts, partitionKey: { name: "id", type: "string" }, kinesis: {} });
    });
    const alarms = recording.all("cloudwatch/metricAlarm:MetricAlarm");
    assert.deepEqual(
      alarms.map(({ inputs }) => inputs.metricName),
      ["ReadThrottleEvents", "WriteThrottleEvents", "AgeOfOldestUnreplicatedRecord"],
    );
    for (const { inputs } of alarms) assert.match(inputs.alarmActions[0], /:sns:/);
  });

  const string = "string" as const;
  const refused: [string, Changes, RegExp][] = [
    ["one attribute as both keys", { sortKey: { name: "customer", type: string } }, /sortKey is "customer"/],
    [
      "one attribute of two types",
      { globalIndexes: { "by-x": { partitionKey: { name: "customer", type: "number" } } } },
      /globalIndexes\.by-x\.partitionKey\.type is "number"; allowed: "string", as/,
    ],
    [
      "a type that is none",
      { sortKey: { name: "n", type: "float" as never } },
      /sortKey\.type is "float"; allowed: string/,
    ],
    [
      "a local index without a sort key to add to",
      { sortKey: undefined, localIndexes: { "by-w": { sortKey: { name: "w", type: "number" } } } },
      /localIndexes\.by-w is "by-w"; allowed: none: a local index needs a table with a sortKey/,
    ],
    [
      "a local index by the table's own sort key",
      { localIndexes: { same: { sortKey: { name: "placed_at", type: string } } } },
      /localIndexes\.same\.sortKey is "placed_at"/,
    ],
    [
      "more than twenty global indexes",
      {
        globalIndexes: Object.fromEntries(
          Array.from({ length: 21 }, (_, index) => [`by-${index}00`, { partitionKey: { name: "x", type: string } }]),
        ),
      },
      /globalIndexes is 21; allowed: a whole number from 0 to 20/,
    ],
    [
      "an index name too short",
      { globalIndexes: { ab: { partitionKey: { name: "x", type: string } } } },
      /globalIndexes is "ab"/,
    ],
    [
      "an empty projection",
      { globalIndexes: { "by-x": { partitionKey: { name: "x", type: string }, projection: [] } } },
      /globalIndexes\.by-x\.projection is \[\]; allowed: all, keys or a list of 1 to 100 entries/,
    ],
    [
      "a key that expires",
      { timeToLiveAttribute: "placed_at" },
      /timeToLiveAttribute is "placed_at"; allowed: an attribute that is no key/,
    ],
    ["recovery of no day", { recoveryDays: 0 }, /recoveryDays is 0; allowed: a whole number from 1 to 35/],
    ["recovery over 35 days", { recoveryDays: 36 }, /recoveryDays is 36/],
    [
      "a range upside down",
      { capacity: { mode: "autoscaled", read: { minimum: 10, maximum: 5 }, write: { minimum: 1, maximum: 2 } } },
      /capacity\.read\.maximum is 5; allowed: a whole number from 10/,
    ],
    ["a Kinesis stream of an hour", { kinesis: { retentionHours: 1 } }, /kinesis\.retentionHours is 1/],
    [
      "replicas fed from keys only",
      { stream: "keys", replicas: [{ region: "eu-west-1", keyArn: "arn:aws:kms:eu-west-1:1:key/x" }] },
      /stream is "keys"; allowed: both, or unset/,
    ],
    [
      "a moment that is none",
      { origin: { from: "pointInTime", tableArn: "a", at: "yesterday" } },
      /origin\.at is "yesterday"/,
    ],
    [
      "a delimiter of JSON",
      { origin: { from: "export", bucketName: "b", format: "ion", delimiter: "," } },
      /origin\.delimiter is ","/,
    ],
  ];
  for (const [what, changes, message] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(make(changes), (error: Error) => {
        assert.equal(error.name, "ComponentArgumentError");
        assert.match(error.message, /^DocumentTable "orders": /);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("names every problem of its arguments at once", async () => {
    const sortKey = { name: "customer", type: string };
    await assert.rejects(make({ sortKey, recoveryDays: 0, kinesis: { retentionHours: 1 } }), (error: Error) => {
      assert.match(error.message, /^DocumentTable "orders": 3 problems/);
      for (const said of [/recoveryDays is 0/, /kinesis\.retentionHours is 1/, /sortKey is "customer"/])
        assert.match(error.message, said);
      return true;
    });
  });

  it("refuses a trigger whose batches are too large, and says which one", async () => {
    const trigger = (table: DocumentTable, key: EncryptionKey): void => {
      const fn = new PlatformFunction("audit", { code: "change-log", description: "Audit", key, statements: [] });
      table.trigger("audit", { function: fn, batchSize: 10_001, retries: -1 });
    };
    await assert.rejects(make({ stream: "both" }, trigger), (error: Error) => {
      assert.match(error.message, /trigger audit batchSize is 10001; allowed: a whole number from 1 to 10000/);
      assert.match(error.message, /trigger audit retries is -1; allowed: a whole number from 0 to 10000/);
      return true;
    });
  });

  it("refuses a trigger without a stream", async () => {
    await assert.rejects(
      make({}, (table) => table.grantStream()),
      /stream is unset; allowed: keys, newItem, oldItem, both: grantStream needs one/,
    );
  });
});
