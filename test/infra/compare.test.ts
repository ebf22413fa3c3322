import assert from "node:assert/strict";
import { compareEnvironments } from "../../infra/compare";
import { environmentSchema, type EnvironmentConfig } from "../../infra/schema";

const settings = (changes: object = {}): EnvironmentConfig =>
  environmentSchema.parse({
    posture: "locked",
    owner: "data@example.com",
    costCenter: "4711",
    account: "111111111111",
    ...changes,
  });

describe("what two environments do not have alike", () => {
  it("is nothing for the same settings, whether said or left to defaults", () => {
    assert.deepEqual(compareEnvironments(settings(), settings({ logRetentionDays: 90, alerts: { emails: [] } })), []);
  });

  it("counts defaults as what they are", () => {
    assert.deepEqual(compareEnvironments(settings(), settings({ ingestion: { maxAttempts: 4 } })), [
      { path: "ingestion.maxAttempts", first: 3, second: 4, weaker: "first" },
    ]);
  });

  it("shows groups that only one of them has, key by key", () => {
    const found = compareEnvironments(settings(), settings({ discovery: { schemaChange: "ignore" } }));
    assert.deepEqual(
      found.map(({ path, first, second }) => [path, first, second]),
      [
        ["discovery.schedule", undefined, "cron(0 3 * * ? *)"],
        ["discovery.schemaChange", undefined, "ignore"],
      ],
    );
  });

  const judged: [string, object, object, "first" | "second" | undefined][] = [
    ["posture", { posture: "guarded" }, {}, "first"],
    ["allowDataLoss", { posture: "disposable", allowDataLoss: true }, { posture: "disposable" }, "first"],
    ["logRetentionDays", { logRetentionDays: 400 }, { logRetentionDays: 7 }, "second"],
    ["query.bytesScannedCutoffGiB", { query: { bytesScannedCutoffGiB: 1 } }, {}, "second"],
    ["lake.rawExpiryDays", { lake: { rawExpiryDays: 90 } }, {}, "first"],
    ["permissionsBoundary", {}, { permissionsBoundary: "boundary" }, "first"],
    ["owner", { owner: "a@example.com" }, { owner: "b@example.com" }, undefined],
  ];
  for (const [path, first, second, weaker] of judged) {
    it(`finds ${weaker === undefined ? "neither" : `the ${weaker}`} weaker in ${path}`, () => {
      const [found, ...others] = compareEnvironments(settings(first), settings(second));
      assert.deepEqual([found?.path, found?.weaker, others], [path, weaker, []]);
    });
  }
});
