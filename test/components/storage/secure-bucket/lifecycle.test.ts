import assert from "node:assert/strict";
import type { CompiledContract } from "../../../../contracts/compiled";
import {
  datasetExpiry,
  lifecycleRules,
  retentionProblems,
  withDatasetExpiry,
  type Retention,
} from "../../../../components/storage/secure-bucket/lifecycle";

describe("lifecycle rules", () => {
  it("clean up unfinished uploads and old versions even where nothing is asked", () => {
    assert.deepEqual(lifecycleRules({}), [
      {
        id: "everything",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        noncurrentVersionExpiration: { noncurrentDays: 90 },
      },
    ]);
  });

  it("move to infrequent access, then to the archive, then remove", () => {
    const [rule] = lifecycleRules({ infrequentAccessAfterDays: 30, archiveAfterDays: 90, expireAfterDays: 400 });
    assert.deepEqual(rule?.transitions, [
      { days: 30, storageClass: "STANDARD_IA" },
      { days: 90, storageClass: "GLACIER" },
    ]);
    assert.deepEqual(rule?.expiration, { days: 400 });
  });

  it("keep a number of old versions beyond their days", () => {
    const [rule] = lifecycleRules({ noncurrentExpireAfterDays: 5, noncurrentVersionsKept: 3 });
    assert.deepEqual(rule?.noncurrentVersionExpiration, { noncurrentDays: 5, newerNoncurrentVersions: 3 });
  });

  it("tell prefixes apart that read alike", () => {
    const ids = lifecycleRules({ expirePrefixAfterDays: { "a/b/": 1, "a-b/": 2 } }).map(({ id }) => id);
    assert.equal(new Set(ids).size, 3);
  });

  const refused: [string, Retention, string][] = [
    ["infrequent access before 30 days", { infrequentAccessAfterDays: 29 }, "infrequentAccessAfterDays"],
    [
      "an archive within 30 days of the move before",
      { infrequentAccessAfterDays: 30, archiveAfterDays: 45 },
      "archiveAfterDays",
    ],
    ["removal before the last move", { archiveAfterDays: 90, expireAfterDays: 90 }, "expireAfterDays"],
    ["removal after 0 days", { expireAfterDays: 0 }, "expireAfterDays"],
    ["half days", { noncurrentExpireAfterDays: 1.5 }, "noncurrentExpireAfterDays"],
    ["more old versions than S3 counts", { noncurrentVersionsKept: 101 }, "noncurrentVersionsKept"],
    ["a rule for the empty prefix", { expirePrefixAfterDays: { "": 5 } }, "expirePrefixAfterDays"],
    ["a prefix that expires after 0 days", { expirePrefixAfterDays: { "tmp/": 0 } }, "expirePrefixAfterDays.tmp/"],
    [
      "more rules than a bucket may have",
      { expirePrefixAfterDays: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`p${index}/`, 1])) },
      "expirePrefixAfterDays",
    ],
  ];
  for (const [what, retention, argument] of refused) {
    it(`refuse ${what}`, () => {
      assert.deepEqual(
        retentionProblems(retention).map((problem) => problem.argument),
        [argument],
      );
    });
  }

  it("accept what S3 accepts", () => {
    assert.deepEqual(
      retentionProblems({
        infrequentAccessAfterDays: 30,
        archiveAfterDays: 60,
        expireAfterDays: 61,
        noncurrentExpireAfterDays: 1,
        abortUploadAfterDays: 1,
        expirePrefixAfterDays: { "tmp/": 1 },
      }),
      [],
    );
  });
});

describe("the datasets' retention", () => {
  const contract = {
    prefix: "sales/orders/",
    retention: { raw: 30, curated: 400 },
    tables: [
      { zone: "processed", prefix: "orders/" },
      { zone: "curated", prefix: "orders_daily/" },
      { zone: "curated", prefix: "orders_monthly/" },
    ],
  } as unknown as CompiledContract;

  it("becomes expiries of the prefixes that are the dataset's in each zone", () => {
    assert.deepEqual(datasetExpiry([contract]), {
      raw: { "sales/orders/": 30 },
      curated: { "orders_daily/": 400, "orders_monthly/": 400 },
    });
  });

  it("leaves a zone as it is where no dataset names one", () => {
    const retention = { expireAfterDays: 5 };
    assert.equal(withDatasetExpiry(retention, undefined), retention);
  });

  it("gives way to what the zone itself says of a prefix", () => {
    const retention = withDatasetExpiry({ expirePrefixAfterDays: { "a/": 1 } }, { "a/": 2, "b/": 3 });
    assert.deepEqual(retention.expirePrefixAfterDays, { "a/": 1, "b/": 3 });
  });
});
