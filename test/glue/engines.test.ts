import assert from "node:assert/strict";
import type { CompiledContract } from "../../contracts/compiled";
import type { Batch, BatchFile, Manifest } from "../../contracts/flow";
import type { Ministack } from "../support/ministack";
import { Reader } from "./compare";
import { DAYS, FILES, MEASUREMENTS, SALES, SALES_FILE, WORDS } from "./dirty";
import { compile, Lake, runLight, SparkRunner, startMinistack } from "./lake";
import { WatchedS3 } from "./watched-s3";

/** Everything that must not depend on the engine. */
function engineless(manifest: Manifest, lake: Lake): unknown {
  const { files, totals, outputs, partitions, removed } = manifest;
  const text = JSON.stringify({
    files: files.map((file) => ({ ...file, outputs: [...file.outputs].sort() })),
    totals,
    outputs: outputs
      .map(({ bucket, key, rows }) => ({ bucket, key, rows }))
      .sort((a, b) => (a.bucket + a.key < b.bucket + b.key ? -1 : 1)),
    partitions: [...partitions].sort((a, b) => (a.location < b.location ? -1 : 1)),
    removed: [...removed].sort(),
  });
  return JSON.parse(
    Object.entries(lake.buckets).reduce((so, [zone, bucket]) => so.replaceAll(`${bucket}`, `the-${zone}`), text),
  );
}

describe("the two engines, given the same files", function () {
  this.timeout(180_000);
  let cloud: Ministack;
  let watched: WatchedS3;
  let spark: SparkRunner;
  let ours: Lake;
  let theirs: Lake;
  let reader: Reader;

  before(async () => {
    cloud = await startMinistack();
    // The session starts while the other engine does its part.
    watched = await WatchedS3.start(cloud);
    spark = SparkRunner.start(watched.cloud);
    reader = await Reader.open();
    theirs = await Lake.create(cloud, "light");
    ours = await Lake.create(cloud, "spark", theirs);
  });
  after(async () => {
    reader.close();
    await spark.stop();
    await watched.stop();
    await cloud.stop();
  });

  async function onSpark(contract: CompiledContract, run: string, files: readonly BatchFile[]): Promise<Manifest> {
    const { batch, key } = await ours.order(contract, run, "spark", files);
    const failure = await spark.run(ours, key);
    assert.equal(failure, undefined, `${failure}\n${spark.log().slice(-4000)}`);
    return manifestOf(ours, batch);
  }

  async function onBoth(
    contract: CompiledContract,
    run: string,
    files: readonly BatchFile[],
  ): Promise<{ light: Manifest; spark: Manifest }> {
    const { batch, key } = await theirs.order(contract, run, "light", files);
    assert.equal((await runLight(theirs, key)).outcome, "done");
    const manifests = { light: await manifestOf(theirs, batch), spark: await onSpark(contract, run, files) };
    assert.deepEqual(engineless(manifests.spark, ours), engineless(manifests.light, theirs));
    for (const { sourceId } of files) {
      const states = await Promise.all([ours, theirs].map((lake) => lake.state(contract.dataset, sourceId)));
      const [mine, other] = states.map((state) => ({
        ...state,
        outputs: [...(state?.outputs ?? [])].sort(),
        outcome: 0,
      }));
      assert.deepEqual(mine, other);
    }
    return manifests;
  }

  async function manifestOf(lake: Lake, batch: Batch): Promise<Manifest> {
    const manifest = await lake.manifest(batch);
    assert.ok(manifest, "the run wrote no manifest");
    return manifest;
  }

  async function sameTables(
    prefix: string,
    zone: "processed" | "curated" | "quarantine",
    matching = "",
  ): Promise<number> {
    const [mine, other] = [
      await reader.read(ours, zone, prefix, matching),
      await reader.read(theirs, zone, prefix, matching),
    ];
    assert.deepEqual(mine.columns, other.columns);
    assert.deepEqual(mine.rows, other.rows);
    return mine.rows.length;
  }

  async function sameEverywhere(contract: CompiledContract): Promise<void> {
    for (const { prefix, zone } of contract.tables) await sameTables(prefix, zone);
    await sameTables(`rejected-rows/dataset=${contract.dataset}/`, "quarantine");
  }

  describe("of every dirty kind", () => {
    const contract = compile(MEASUREMENTS);
    const dropped = new Map<string, BatchFile>();
    let manifest: Manifest;

    before(async () => {
      for (const file of FILES) dropped.set(file.key, await theirs.drop(contract, file.key, file.body));
      manifest = (await onBoth(contract, "dirty", [...dropped.values()])).spark;
    });

    for (const file of FILES) {
      it(`agree on ${file.title}`, async () => {
        const { sourceId = "" } = dropped.get(file.key) ?? {};
        const outcome = manifest.files.find((one) => one.sourceId === sourceId);
        assert.ok(outcome);
        if (file.rows >= 0) assert.equal(outcome.rowsIn, file.rows);
        if (file.rejected >= 0) assert.equal(outcome.rowsRejected, file.rejected);
        assert.equal(await sameTables("measurements/", "processed", sourceId), outcome.rowsOut);
        assert.equal(await sameTables("rejected-rows/", "quarantine", sourceId), outcome.rowsRejected);
      });
    }

    it("agree on the aggregates", async () => {
      assert.ok((await sameTables("measurements_by_year/", "curated")) > 0);
      assert.ok((await sameTables("measurements_by_station/", "curated")) > 0);
      assert.ok((await sameTables("measurements_by_note/", "curated")) > 0);
    });

    it("say why a row was rejected", async () => {
      const rejected = await reader.read(ours, "quarantine", "rejected-rows/", dropped.get("ragged.csv")?.sourceId);
      assert.ok(rejected.rows.some((row) => row.includes("expected 10 fields, found 3")));
      assert.ok(rejected.rows.some((row) => row.includes("expected 10 fields, found 11")));
    });

    it("leave no staging behind", async () => {
      assert.deepEqual(await ours.keys("processed", "runs/"), []);
    });

    it("change nothing when the same batch runs again", async () => {
      const before = await ours.keys("processed");
      const again = await onSpark(contract, "dirty", [...dropped.values()]);
      assert.deepEqual(engineless(again, ours), engineless(manifest, ours));
      assert.deepEqual(await ours.keys("processed"), before);
      await sameEverywhere(contract);
    });

    it("take each other's work over, also where it was left half done", async () => {
      const file = FILES.find(({ key }) => key === "int.csv");
      assert.ok(file);
      const again = await theirs.drop(
        contract,
        file.key,
        `${String(file.body)}1,elsewhere,2030-01-01,1,1,1,1,true,,\n`,
      );
      const state = await ours.state("measurements", again.sourceId);
      assert.ok(state);
      // A run that died after it had announced and published an object.
      const orphan = `measurements/year=1999/station=gone/${again.sourceId}-0.parquet`;
      for (const lake of [ours, theirs]) {
        const some = (await lake.keys("processed", "measurements/year=2021/"))[0] ?? "";
        await lake.put("processed", orphan, (await lake.bytes(lake.buckets.processed, some)) ?? Buffer.alloc(0));
        await lake.write(`sources/measurements/${again.sourceId}.json`, { ...state, pending: [orphan] });
      }
      const { spark: manifest } = await onBoth(contract, "take-over", [again]);
      const partition = manifest.partitions.find(({ location }) => location.includes("station=gone"));
      assert.equal(partition?.emptied, true);
      assert.ok(manifest.partitions.some(({ location }) => location.includes("year=2030/station=elsewhere")));
      await sameEverywhere(contract);
    });
  });

  it("agree on formats, decimal commas, single quotes and folders named by value", async () => {
    const contract = compile(SALES);
    const { spark: manifest } = await onBoth(contract, "r1", [await theirs.drop(contract, "s.csv", SALES_FILE)]);
    assert.deepEqual(manifest.totals, { rowsIn: 7, rowsOut: 3, rowsRejected: 4 });
    assert.deepEqual(
      manifest.partitions.filter(({ table }) => table === "sales").map(({ values }) => values),
      [
        ["2024-02-01", "1"],
        ["2024-02-02", "2"],
      ],
    );
    assert.equal(await sameTables("sales/", "processed"), 3);
    assert.equal(await sameTables("sales_by_day/", "curated"), 2);
    assert.equal(await sameTables("rejected-rows/dataset=sales/", "quarantine"), 4);
  });

  it("agree on what a newer version of a key, one that lost rows and one that comes late leave", async () => {
    const contract = compile(WORDS);
    const kept = await theirs.drop(contract, "kept.csv", "word\nkept\n");
    const first = await theirs.drop(contract, "w.csv", 'word\na\n\nb\n"b"\n""\nx,y\n');
    const late = await theirs.drop(contract, "w.csv", "word\nlate\n");
    const newest = await theirs.drop(contract, "w.csv", "word\nc\n");
    await onBoth(contract, "r1", [kept, first]);
    await onBoth(contract, "r2", [newest]);
    const { spark: manifest } = await onBoth(contract, "r3", [late]);
    assert.equal(manifest.files[0]?.superseded, true);
    assert.equal(await sameTables("words/", "processed"), 2);
    assert.equal(await sameTables("words_counts/", "curated"), 2);
    assert.equal(await sameTables("rejected-rows/dataset=words/", "quarantine"), 0);
    const empty = await theirs.drop(contract, "w.csv", "word\n");
    const emptied = await onBoth(contract, "r4", [empty, await theirs.drop(contract, "kept.csv", "word\n")]);
    assert.equal(emptied.spark.removed.length, 3);
    assert.deepEqual(await ours.keys("curated", "words"), []);
  });

  it("agree on a file of many partitions that loses all its rows, aggregates included", async () => {
    const contract = compile(DAYS);
    const days = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10));
    const body = ["day,value", ...days.map((day, i) => `${day},${i}`), ""].join("\n");
    await onBoth(contract, "d1", [await theirs.drop(contract, "d.csv", body)]);
    assert.equal(await sameTables("days_sums/", "curated"), 40);
    await onBoth(contract, "d2", [await theirs.drop(contract, "d.csv", "day,value\n")]);
    assert.deepEqual([await ours.keys("processed", "days/"), await ours.keys("curated", "days_sums/")], [[], []]);
  });

  it("fail with a reason, and leave no manifest, when an object is gone", async () => {
    const contract = compile(WORDS);
    const file = await theirs.drop(contract, "gone.csv", "word\nx\n");
    const { batch, key } = await ours.order(contract, "gone", "spark", [
      { ...file, versionId: undefined, key: "words/nowhere.csv" },
    ]);
    assert.match((await spark.run(ours, key)) ?? "", /NoSuchKey|does not exist/);
    assert.equal(await ours.manifest(batch), undefined);
  });

  it("fail with a reason when gzip data ends too early", async () => {
    const contract = compile(WORDS);
    const { gzipSync } = await import("node:zlib");
    const { randomBytes } = await import("node:crypto");
    const whole = gzipSync(`word\n${randomBytes(5000).toString("hex")}\n`);
    const file = await theirs.drop(contract, "cut.csv.gz", whole.subarray(0, whole.length - 100));
    const { key } = await ours.order(contract, "cut", "spark", [file]);
    assert.match((await spark.run(ours, key)) ?? "", /the gzip data ends too early/);
  });

  describe("on a schedule, with job bookmarks", () => {
    const enabled = ["--job-bookmark-option", "job-bookmark-enable"];
    const contract = compile(WORDS.replace("name: words", "name: nightly"));
    let files: BatchFile[];

    async function nightly(run: string, some: readonly BatchFile[], expected?: string): Promise<Manifest | undefined> {
      const { batch, key } = await ours.order(contract, run, "spark", some, true);
      const order = expected === undefined ? key : `runs/broken-${run}.json`;
      // A bucket that is not there ends the run after it has published, before it can commit.
      if (expected) await ours.write(order, { ...batch, buckets: { ...batch.buckets, curated: "no-such-bucket" } });
      const failure = await spark.run(ours, order, enabled);
      if (expected === undefined) assert.equal(failure, undefined, spark.log().slice(-3000));
      else assert.match(failure ?? "", new RegExp(expected));
      return ours.manifest(batch);
    }
    const written = (manifest?: Manifest) =>
      manifest?.outputs.filter(({ bucket }) => bucket === ours.buckets.processed).map(({ key }) => key);

    before(async () => {
      files = [
        await theirs.drop(contract, "one.csv", "word\none\n"),
        await theirs.drop(contract, "ü %2B two.csv", "word\ntwo\n"),
      ];
    });

    it("a run that dies before the commit is done again from the beginning", async () => {
      assert.equal(await nightly("n1", files, "NoSuchBucket"), undefined);
      const manifest = await nightly("n1", files);
      assert.equal(manifest?.totals.rowsOut, 2);
      assert.equal(written(manifest)?.length, 2);
    });

    it("the next run reads new files only, and tells of the others what is known", async () => {
      const third = await theirs.drop(contract, "three.csv", "word\nthree\n");
      const manifest = await nightly("n2", [...files, third]);
      assert.deepEqual(manifest?.totals, { rowsIn: 3, rowsOut: 3, rowsRejected: 0 });
      assert.deepEqual(written(manifest), [`nightly/${third.sourceId}-0.parquet`]);
    });

    it("files in every encoding, and gzip files whatever their names, come out right", async () => {
      const text = "word\nMöwe\nGrüße\n";
      const { gzipSync } = await import("node:zlib");
      const iconv = await import("iconv-lite");
      const bodies = {
        "utf-16le.csv": iconv.encode(text, "utf-16le", { addBOM: true }),
        "utf-16be.csv": iconv.encode(text, "utf-16be", { addBOM: true }),
        "latin-1.csv": iconv.encode(text, "latin1"),
        "gzip.csv": gzipSync(text),
        "gzip.csv.gz": gzipSync(text),
        "plain.csv.gz": Buffer.from(text),
      };
      const dropped = Object.entries(bodies).map(([key, body]) => theirs.drop(contract, key, body));
      const encoded = await Promise.all(dropped);
      watched.bytesRead(ours.buckets.raw);
      const manifest = await nightly("n3", encoded);
      assert.deepEqual(manifest?.totals, { rowsIn: 12, rowsOut: 12, rowsRejected: 0 });
      const { rows } = await reader.read(ours, "processed", "nightly/");
      for (const { sourceId, key } of encoded) {
        const words = rows.filter((row) => row.includes(sourceId)).map((row) => row.replace(/^.*? /, ""));
        assert.deepEqual(words, ['{"word":"Grüße"}', '{"word":"Möwe"}'], key);
      }
      const sizes = Object.fromEntries(encoded.map(({ key, size }) => [key, size]));
      assert.deepEqual(watched.bytesRead(ours.buckets.raw), sizes, "each byte is read once");

      const again = await nightly("n4", encoded);
      assert.deepEqual(again?.totals, manifest.totals);
      assert.deepEqual(again.outputs, []);
      assert.deepEqual(watched.bytesRead(ours.buckets.raw), {}, "no byte is read again");
    });

    it("a file that was uploaded again is new to the bookmark", async () => {
      const file = await theirs.drop(contract, "one.csv", "word\nanother\n");
      const manifest = await nightly("n5", [file]);
      assert.deepEqual(manifest?.totals, { rowsIn: 1, rowsOut: 1, rowsRejected: 0 });
      assert.deepEqual(written(manifest), [`nightly/${file.sourceId}-0.parquet`]);
    });

    it("a run of files that are all known writes a manifest all the same", async () => {
      const manifest = await nightly("n6", files.slice(1));
      assert.equal(manifest?.totals.rowsOut, 1);
      assert.deepEqual(manifest.outputs, []);
    });
  });
});
