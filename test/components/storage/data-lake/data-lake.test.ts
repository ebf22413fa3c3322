import assert from "node:assert/strict";
import type { CompiledContract } from "../../../../contracts/compiled";
import { DataLake, EncryptionKey, ZONES, type DataLakeArgs, type KeyUser } from "../../../../components";
import { record, valueOf, type RecordedResource } from "../../../support/harness";

const make = (args: Partial<DataLakeArgs> = {}, users?: readonly KeyUser[]) =>
  record(() => new DataLake("lake", { key: new EncryptionKey("lake", { description: "x", users }), ...args }));

const LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const rule = (resource: RecordedResource) => resource.inputs.rules[0];

describe("DataLake", () => {
  it("has a bucket a zone, and one for the access logs of them all", async () => {
    const recording = await make();
    assert.deepEqual(
      recording
        .all("s3/bucket:Bucket")
        .map(({ name }) => name)
        .sort(),
      ["access-logs", ...ZONES].map((zone) => `lake-${zone}-bucket`).sort(),
    );
    for (const { inputs } of recording.all("s3/bucketLogging:BucketLogging")) {
      assert.equal(inputs.targetBucket, "lake-access-logs-bucket-1a2b3c4");
    }
    assert.equal(recording.all("s3/bucketLogging:BucketLogging").length, ZONES.length);
    assert.deepEqual(Object.keys(await valueOf(recording.result.bucketNames)).sort(), [...ZONES].sort());
  });

  it("tells EventBridge of the raw zone, and of others where asked", async () => {
    const names = async (args: Partial<DataLakeArgs>) =>
      (await make(args)).all("s3/bucketNotification:BucketNotification").map(({ name }) => name);
    assert.deepEqual(await names({}), ["lake-raw-events"]);
    assert.deepEqual((await names({ zones: { curated: { eventBridge: true } } })).sort(), [
      "lake-curated-events",
      "lake-raw-events",
    ]);
  });

  it("keeps each zone as long as it is for", async () => {
    const recording = await make();
    assert.deepEqual(
      rule(recording.one(LIFECYCLE, "lake-raw-lifecycle")).transitions.map(({ days }: { days: number }) => days),
      [30, 90],
    );
    assert.deepEqual(
      rule(recording.one(LIFECYCLE, "lake-curated-lifecycle")).transitions.map(({ days }: { days: number }) => days),
      [90],
    );
    assert.equal(rule(recording.one(LIFECYCLE, "lake-quarantine-lifecycle")).expiration.days, undefined);
    assert.equal(rule(recording.one(LIFECYCLE, "lake-query-results-lifecycle")).expiration.days, 30);
    assert.equal(rule(recording.one(LIFECYCLE, "lake-access-logs-lifecycle")).expiration.days, 365);
  });

  it("removes a dataset's objects when its contract says so", async () => {
    const contract = {
      prefix: "orders/",
      retention: { raw: 60, processed: 500 },
      tables: [{ zone: "processed", prefix: "orders/" }],
    } as unknown as CompiledContract;
    const recording = await make({ contracts: [contract] });
    const [, raw] = recording.one(LIFECYCLE, "lake-raw-lifecycle").inputs.rules;
    assert.deepEqual([raw.filter.prefix, raw.expiration.days], ["orders/", 60]);
    const [, processed] = recording.one(LIFECYCLE, "lake-processed-lifecycle").inputs.rules;
    assert.equal(processed.expiration.days, 500);
    assert.equal(recording.one(LIFECYCLE, "lake-curated-lifecycle").inputs.rules.length, 1);
  });

  it("takes zones of one's own, as safe as the others", async () => {
    const recording = await make({ extraZones: { sandbox: { retention: { expireAfterDays: 7 } } } });
    assert.equal(rule(recording.one(LIFECYCLE, "lake-sandbox-lifecycle")).expiration.days, 7);
    assert.ok(recording.one("s3/bucketPolicy:BucketPolicy", "lake-sandbox-policy"));
    assert.equal(await valueOf(recording.result.extraZones.sandbox?.bucketName), "lake-sandbox-bucket-1a2b3c4");
  });

  it("registers processed and curated with Lake Formation where it decides on access", async () => {
    assert.deepEqual((await make()).all("lakeformation/resource:Resource"), []);
    const pure = (await make({ permissionModel: "lakeFormation" })).all("lakeformation/resource:Resource");
    assert.deepEqual(pure.map(({ inputs }) => [inputs.arn, inputs.hybridAccessEnabled]).sort(), [
      ["arn:aws:s3:::lake-curated-bucket-1a2b3c4", false],
      ["arn:aws:s3:::lake-processed-bucket-1a2b3c4", false],
    ]);
    const hybrid = (await make({ permissionModel: "hybrid" })).all("lakeformation/resource:Resource");
    assert.equal(hybrid[0]?.inputs.hybridAccessEnabled, true);
  });

  it("keeps inventories in the artifacts zone, which then takes deliveries", async () => {
    const recording = await make({ zones: { raw: { inventory: true } } }, ["s3"]);
    const inventory = recording.one("s3/inventory:Inventory");
    assert.equal(inventory.inputs.destination.bucket.bucketArn, "arn:aws:s3:::lake-artifacts-bucket-1a2b3c4");
    assert.equal(inventory.inputs.destination.bucket.prefix, "inventory/raw");
    recording.statement(recording.one("s3/bucketPolicy:BucketPolicy", "lake-artifacts-policy"), "InventoryDelivery");
  });

  it("passes protection and the caller's options on to every zone's bucket", async () => {
    const recording = await record(
      () =>
        new DataLake(
          "lake",
          {
            key: new EncryptionKey("lake", { description: "x" }),
            protection: { posture: "locked", allowDataLoss: false },
          },
          { retainOnDelete: true },
        ),
    );
    for (const bucket of recording.all("s3/bucket:Bucket")) {
      assert.equal(bucket.protect, true, bucket.name);
      assert.equal(bucket.retainOnDelete, true, bucket.name);
    }
  });

  it("reports the problems of all zones together", () =>
    assert.rejects(
      make({
        zones: { raw: { retention: { expireAfterDays: 0 } }, curated: { cors: [{ origins: [], methods: ["GET"] }] } },
        extraZones: { Sand_Box: {} },
      }),
      /DataLake "lake": 3 problems\n {2}extraZones is "Sand_Box".*\n {2}zones\.raw\.retention\.expireAfterDays is 0.*\n {2}zones\.curated\.cors\[0\]\.origins/,
    ));

  const refused: [string, Partial<DataLakeArgs>, RegExp][] = [
    ["a zone called as one of the six", { extraZones: { raw: {} } }, /extraZones is "raw"/],
    ["a zone S3 could not be called after", { extraZones: { Sand_Box: {} } }, /extraZones is "Sand_Box"/],
    ["a zone there is not", { zones: { bronze: {} } as never }, /zones is "bronze"; allowed: raw, processed, curated/],
    ["access logs kept for no time", { accessLogRetentionDays: 0 }, /accessLogRetentionDays is 0/],
    ["another model of permissions", { permissionModel: "none" as never }, /permissionModel is "none"/],
  ];
  for (const [what, args, message] of refused) it(`refuses ${what}`, () => assert.rejects(make(args), message));
});
