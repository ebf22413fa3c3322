import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RESERVED_TABLES } from "../../../../contracts/check";
import type { CompiledContract } from "../../../../contracts/compiled";
import { datasetExpiry, zonePlan, type Zone } from "../../../../components/storage/data-lake/zones";
import type { ZoneArgs } from "../../../../components";

describe("the retention of a zone", () => {
  const movesOf = (zone: Zone, retention: ZoneArgs["retention"]): unknown[] => {
    const { settings, problems } = zonePlan(zone, { retention });
    assert.deepEqual(problems, []);
    const { infrequentAccessAfterDays, archiveAfterDays, expireAfterDays } = settings.retention;
    return [infrequentAccessAfterDays, archiveAfterDays, expireAfterDays];
  };

  it("keeps the zone's own moves beside the days that are given", () => {
    assert.deepEqual(movesOf("raw", { expireAfterDays: 400 }), [30, 90, 400]);
    assert.deepEqual(movesOf("raw", { infrequentAccessAfterDays: 40 }), [40, 90, undefined]);
    assert.deepEqual(movesOf("quarantine", { noncurrentExpireAfterDays: 5 }), [90, undefined, undefined]);
  });

  it("keeps them where an environment leaves the expiry unset", () => {
    assert.deepEqual(movesOf("raw", { expireAfterDays: undefined }), [30, 90, undefined]);
    assert.deepEqual(movesOf("quarantine", { expireAfterDays: undefined }), [90, undefined, undefined]);
  });

  it("leaves out a move of the zone's own that the expiry comes before", () => {
    assert.deepEqual(movesOf("raw", { expireAfterDays: 60 }), [30, undefined, 60]);
    assert.deepEqual(movesOf("quarantine", { expireAfterDays: 30 }), [undefined, undefined, 30]);
  });

  it("archives 30 days after the first move at the earliest", () => {
    assert.deepEqual(movesOf("raw", { infrequentAccessAfterDays: 80 }), [80, 110, undefined]);
  });

  it("moves nothing where the move is turned off", () => {
    assert.deepEqual(movesOf("raw", { archiveAfterDays: "never" }), [30, "never", undefined]);
  });

  it("is refused where a move that is given comes after the expiry", () => {
    const { problems } = zonePlan("raw", { retention: { archiveAfterDays: 90, expireAfterDays: 60 } });
    assert.deepEqual(
      problems.map(({ argument }) => argument),
      ["retention.expireAfterDays"],
    );
  });
});

describe("the folder in which Spark stages its runs", () => {
  const lake = readFileSync(join(__dirname, "../../../../functions/glue/lake.py"), "utf8");
  const [, folder = ""] = /self\.staging = f"(\w+\/)/.exec(lake) ?? [];

  it("expires in the processed zone after three days, and its old versions after one", () => {
    const { retention } = zonePlan("processed", {}).settings;
    assert.equal(retention.expirePrefixAfterDays[folder], 3);
    assert.equal(retention.noncurrentPrefixExpireAfterDays[folder], 1);
  });

  it("is no dataset's folder", () => {
    assert.ok(RESERVED_TABLES.some((table) => `${table}/` === folder));
  });
});

describe("the datasets' retention", () => {
  const contract = {
    dataset: "orders",
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
      curated: { orders_: 400 },
    });
  });

  it("is one rule for all aggregates of a dataset, unless tables of another dataset begin alike", () => {
    const contract = (dataset: string, days: number, ...aggregates: readonly string[]): CompiledContract =>
      ({
        dataset,
        prefix: `${dataset}/`,
        retention: { curated: days },
        tables: [
          { zone: "processed", prefix: `${dataset}/` },
          ...aggregates.map((aggregate) => ({ zone: "curated", prefix: `${dataset}_${aggregate}/` })),
        ],
      }) as unknown as CompiledContract;
    assert.deepEqual(datasetExpiry([contract("orders", 400, "daily", "monthly"), contract("returns", 30, "daily")]), {
      curated: { orders_: 400, returns_: 30 },
    });
    const alike = [contract("orders", 400, "daily", "monthly"), contract("orders_eu", 30, "daily", "weekly")];
    assert.deepEqual(datasetExpiry(alike), {
      curated: { "orders_daily/": 400, "orders_monthly/": 400, orders_eu_: 30 },
    });
    assert.deepEqual(datasetExpiry([...alike].reverse()), datasetExpiry(alike));
  });

  it("is added to a zone's prefixes", () => {
    const { settings } = zonePlan("artifacts", {}, { "b/": 3 });
    const own = { "runs/": 400, "markers/": 30, "spark-logs/": 30, "inventory/": 90 };
    assert.deepEqual(settings.retention.expirePrefixAfterDays, { "b/": 3, ...own });
  });

  it("gives way to the days that the zone itself has for a prefix", () => {
    const { settings } = zonePlan("raw", { retention: { expirePrefixAfterDays: { "a/": 1 } } }, { "a/": 2, "b/": 3 });
    assert.deepEqual(settings.retention.expirePrefixAfterDays, { "a/": 1, "b/": 3 });
  });
});
