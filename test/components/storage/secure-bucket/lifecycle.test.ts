import assert from "node:assert/strict";
import { parseSettings } from "../../../../components/core/settings";
import {
  lifecycleRules,
  retentionProblems,
  retentionSettings,
  type ResolvedRetention,
  type Retention,
} from "../../../../components/storage/secure-bucket/lifecycle";

const resolved = (retention: Retention): ResolvedRetention => retentionSettings.parse(retention) as ResolvedRetention;
const rulesOf = (retention: Retention) => lifecycleRules(resolved(retention));
const problemsOf = (retention: Retention) => {
  const { settings, problems } = parseSettings(retentionSettings, retention);
  return [...problems, ...(settings ? retentionProblems(settings) : [])];
};

describe("lifecycle rules", () => {
  it("clean up unfinished uploads and old versions even where nothing is asked", () => {
    assert.deepEqual(rulesOf({}), [
      {
        id: "everything",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        noncurrentVersionExpiration: { noncurrentDays: 90 },
        expiration: { expiredObjectDeleteMarker: true },
      },
    ]);
  });

  it("move to infrequent access, then to the archive, then remove", () => {
    const [rule] = rulesOf({ infrequentAccessAfterDays: 30, archiveAfterDays: 90, expireAfterDays: 400 });
    assert.deepEqual(rule?.transitions, [
      { days: 30, storageClass: "STANDARD_IA" },
      { days: 90, storageClass: "GLACIER" },
    ]);
    assert.deepEqual(rule?.expiration, { days: 400 });
  });

  it("keep a number of old versions beyond their days", () => {
    const [rule] = rulesOf({ noncurrentExpireAfterDays: 5, noncurrentVersionsKept: 3 });
    assert.deepEqual(rule?.noncurrentVersionExpiration, { noncurrentDays: 5, newerNoncurrentVersions: 3 });
  });

  it("expire objects and old versions of a prefix by one rule", () => {
    const [, ...rules] = rulesOf({
      expirePrefixAfterDays: { "runs/": 3, "logs/": 30 },
      noncurrentPrefixExpireAfterDays: { "runs/": 1, "rejected/": 7 },
    });
    assert.deepEqual(
      rules.map(({ id: _, status: __, ...rest }) => rest),
      [
        {
          filter: { prefix: "runs/" },
          expiration: { days: 3 },
          noncurrentVersionExpiration: { noncurrentDays: 1 },
        },
        { filter: { prefix: "logs/" }, expiration: { days: 30 } },
        { filter: { prefix: "rejected/" }, noncurrentVersionExpiration: { noncurrentDays: 7 } },
      ],
    );
  });

  it("say in an id why old versions are kept", () => {
    const [rule] = rulesOf({ keepVersionsBecause: "there is no other copy" });
    assert.equal(rule?.id, "everything: there is no other copy");
  });

  it("tell prefixes apart that read alike", () => {
    const ids = rulesOf({ expirePrefixAfterDays: { "a/b/": 1, "a-b/": 2 } }).map(({ id }) => id);
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
    [
      "more rules than a bucket may have, of both kinds together",
      {
        expirePrefixAfterDays: Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}/`, 1])),
        noncurrentPrefixExpireAfterDays: Object.fromEntries(
          Array.from({ length: 500 }, (_, index) => [`q${index}/`, 1]),
        ),
      },
      "expirePrefixAfterDays",
    ],
    ["a reason of one word", { keepVersionsBecause: "yes" }, "keepVersionsBecause"],
  ];
  for (const [what, retention, argument] of refused) {
    it(`refuse ${what}`, () => {
      assert.deepEqual(
        problemsOf(retention).map((problem) => problem.argument),
        [argument],
      );
    });
  }

  it("do not move or remove objects where the days are never", () => {
    const [rule] = rulesOf({ infrequentAccessAfterDays: "never", archiveAfterDays: "never", expireAfterDays: "never" });
    assert.deepEqual([rule?.transitions, rule?.expiration], [undefined, { expiredObjectDeleteMarker: true }]);
  });

  it("accept what S3 accepts", () => {
    assert.deepEqual(
      problemsOf({
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
