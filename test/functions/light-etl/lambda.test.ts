import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { functionCode } from "../../../components/core/platform-function/bundle";
import type { BatchFile, Manifest } from "../../../contracts/flow";
import { ingestionPipelineSettings } from "../../../components/ingestion/pipeline/settings";
import { engineLimits } from "../../../functions/light-etl/limits";
import { compile, Lake, startMinistack } from "../../glue/lake";
import { Reader, type Table } from "../../glue/compare";
import type { Ministack } from "../../support/ministack";
import { confinement, type Ended, type Size } from "./confined";

const MEBIBYTE = 1024 ** 2;
/** The smallest memory that the settings allow: what Node and the AWS SDK need is the largest part of it. */
const MEMORY_MIB = 1024;
/** Much less than Lambda has at least, so that small files fill it. */
const STORAGE_MIB = 256;

const contract = compile(`
name: hashes
description: Rows that neither compress nor repeat
owner: tests@example.org
columns:
  - { name: id, type: bigint, nullable: false }
  - { name: hash, type: string }
  - { name: value, type: double }
aggregates:
  - { name: each, groupBy: [hash], measures: [{ name: n, function: count }, { name: total, function: sum, column: value }] }
`);

/** A file of a size, to a row. */
function file(mebibytes: number): { body: Buffer; rows: number } {
  const lines = ["id,hash,value"];
  for (let i = 0, bytes = 0; bytes < mebibytes * MEBIBYTE; i++) {
    const line = `${i},${createHash("sha256").update(String(i)).digest("hex")},${i / 7}`;
    lines.push(line);
    bytes += line.length + 1;
  }
  return { body: Buffer.from(`${lines.join("\n")}\n`), rows: lines.length - 1 };
}

describe("the light engine's limits", () => {
  const limitsOf = (memoryMegabytes: number) =>
    engineLimits({ memoryMegabytes, freeDisk: 4 * 1024 * MEBIBYTE, processors: 6, aggregates: 1 });

  it("leave to Node and the AWS SDK what they need, and to DuckDB what it allocates beyond its limit", () => {
    for (const megabytes of [1024, 1769, 3008, 10_240]) {
      const { memory } = limitsOf(megabytes);
      assert.ok(memory <= megabytes * MEBIBYTE * 0.65 && memory <= (megabytes - 450) * MEBIBYTE, `${megabytes} MiB`);
      assert.ok(memory >= megabytes * MEBIBYTE * 0.5, `${megabytes} MiB`);
    }
  });

  it("are of use at the smallest memory that the settings allow", () => {
    const { lightMemoryMiB } = ingestionPipelineSettings.shape;
    assert.equal(lightMemoryMiB.safeParse(MEMORY_MIB).success, true);
    assert.equal(lightMemoryMiB.safeParse(MEMORY_MIB - 1).success, false);
    assert.ok(limitsOf(MEMORY_MIB).threads >= 2);
  });
});

const means = confinement();

describe(`the light engine's code in ${MEMORY_MIB} MiB of memory${means ? `, by ${means.how}` : ", which this machine cannot limit"}`, function () {
  this.timeout(600_000);
  let cloud: Ministack;
  let lake: Lake;
  let reader: Reader;

  before(async function () {
    if (means === undefined) {
      this.skip();
    }
    cloud = await startMinistack();
    lake = await Lake.create(cloud, "confined");
    reader = await Reader.open();
  });
  after(async () => {
    reader?.close();
    await cloud?.stop();
  });

  async function run(
    id: string,
    dropped: BatchFile,
    size: Partial<Size> = {},
  ): Promise<{ ended: Ended; manifest?: Manifest }> {
    const { key, batch } = await lake.order(contract, id, "light", [dropped]);
    const ended = await means!.run(
      functionCode("light-etl", { architecture: process.arch === "arm64" ? "arm64" : "x86_64" }),
      { batch: { bucket: lake.buckets.artifacts, key } },
      { memoryMiB: MEMORY_MIB, storageMiB: STORAGE_MIB, ...size },
      { ...cloud.env, LIGHT_MAX_BYTES: String(1024 * MEBIBYTE), POWERTOOLS_SERVICE_NAME: "light-etl" },
    );
    return { ended, manifest: await lake.manifest(batch) };
  }
  const tables = async (): Promise<Table[]> => [
    await reader.read(lake, "processed", "hashes/"),
    await reader.read(lake, "curated", "hashes_each/"),
  ];

  it("runs a file whose text just fits on the disk", async () => {
    const { body, rows } = file(STORAGE_MIB / 2 - 12);
    const { ended, manifest } = await run("fits", await lake.drop(contract, "a.csv", body));
    assert.equal((ended.answer as { outcome: string } | undefined)?.outcome, "done", JSON.stringify(ended));
    assert.deepEqual(manifest?.totals, { rowsIn: rows, rowsOut: rows, rowsRejected: 0 });
    assert.equal((await tables())[1]?.rows.length, rows);
  });

  it("leaves a file to Spark whose text does not fit on the disk", async () => {
    const dropped = await lake.drop(contract, "b.csv", file(STORAGE_MIB / 2 + 1).body);
    const before = await lake.keys("processed");
    const { ended, manifest } = await run("too-large", dropped);
    assert.equal((ended.answer as { outcome: string } | undefined)?.outcome, "too-large", JSON.stringify(ended));
    assert.equal(manifest, undefined);
    assert.deepEqual(await lake.keys("processed"), before);
  });

  it("leaves a file to Spark, and publishes nothing, when its aggregates would read more than fits on the disk", async () => {
    const before = await lake.keys("processed");
    const other = "hashes/0123456789abcdef-0.parquet";
    await lake.put("processed", other, Buffer.alloc((STORAGE_MIB + 4) * MEBIBYTE));
    const { ended, manifest } = await run("aggregates", await lake.drop(contract, "c.csv", file(1).body));
    assert.equal((ended.answer as { outcome: string } | undefined)?.outcome, "too-large", JSON.stringify(ended));
    assert.equal(manifest, undefined);
    await lake.remove("processed", [other]);
    assert.deepEqual(await lake.keys("processed"), before);
  });

  it("ends without a manifest when it needs more memory than it has, and the next run leaves every row once", async () => {
    const { body, rows } = file(STORAGE_MIB / 2 - 12);
    const dropped = await lake.drop(contract, "a.csv", body);
    const { ended, manifest } = await run("starved", dropped, { memoryMiB: 400, claimedMiB: MEMORY_MIB });
    // A process that exceeds its memory is killed; where an allocation fails instead, the engine itself leaves the file to Spark.
    const outcome = (ended.answer as { outcome: string } | undefined)?.outcome;
    assert.ok(ended.died ?? ended.error ?? outcome === "too-large", JSON.stringify(ended));
    assert.equal(manifest, undefined, "a run without a manifest has failed, whatever else it has done");

    const again = await run("again", dropped);
    assert.deepEqual(again.manifest?.totals, { rowsIn: rows, rowsOut: rows, rowsRejected: 0 });
    const [processed, curated] = await tables();
    assert.deepEqual([processed?.rows.length, curated?.rows.length], [rows, rows]);
  });
});
