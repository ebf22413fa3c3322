import assert from "node:assert/strict";
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { CompiledContract } from "../../contracts/compiled";
import type {
  Batch,
  CommitResponse,
  FailResponse,
  FileRef,
  Manifest,
  PlanResponse,
  TouchedPartition,
} from "../../contracts/flow";
import { handler, type ReadyResponse } from "../../functions/run-coordinator";
import { selectBatch } from "../../functions/run-coordinator/engine";
import { writeMarkers } from "../../functions/run-coordinator/markers";
import { compareSequencers, sourceId } from "../../functions/shared/files";
import type { QueueItem } from "../../functions/shared/ledger";
import { Leases } from "../../functions/shared/ledger/lease";
import { readText } from "../../functions/shared/s3";
import { contractOf, nextSequencer, validVerdict, withCloud } from "./cloud";

type Run = Extract<PlanResponse, { outcome: "run" }>;

describe("the run coordinator", () => {
  const cloud = withCloud();
  let count = 0;
  let contract: CompiledContract;
  const execution = (name: string) => `execution:${contract.dataset}:${name}`;

  beforeEach(async () => {
    contract = contractOf(`set${++count}`);
    await cloud().publish(contract);
  });

  const ready = async (key: string, executionArn = execution("one")): Promise<FileRef> => {
    const file = await cloud().upload(`${contract.prefix}${key}`, "id,city\n1,Bonn\n2,Trier\n");
    await cloud().claim(file);
    await handler({ action: "ready", verdict: validVerdict(file, contract), executionArn });
    return file;
  };
  const plan = async (executionArn = execution("one")): Promise<PlanResponse> =>
    (await handler({
      action: "plan",
      dataset: contract.dataset,
      contractKey: contract.contractKey,
      executionArn,
    })) as PlanResponse;
  const planRun = async (executionArn?: string): Promise<Run> => {
    const answer = await plan(executionArn);
    assert.equal(answer.outcome, "run");
    return answer as Run;
  };
  const batchOf = async (run: Run): Promise<Batch> => JSON.parse((await readText(run.batch)) ?? "") as Batch;
  const status = async (file: FileRef) => (await cloud().ledger.file(file))?.status;

  /** What an engine does: an output for each file of one row of two, the other rejected, and the manifest. */
  const engine = async (run: Run, change: (manifest: Manifest) => Manifest = (manifest) => manifest): Promise<void> => {
    const batch = await batchOf(run);
    const put = async (bucket: string, key: string) => {
      await cloud().s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "rows" }));
      return { bucket, key, bytes: 4, rows: 1 };
    };
    const outputs = [];
    const files = [];
    for (const { sourceId: id, key, version } of batch.files) {
      const output = await put(batch.buckets.processed, `${batch.dataset}/city=Bonn/${id}-0.parquet`);
      const rejects = `rejected-rows/dataset=${batch.dataset}/${id}.parquet`;
      await put(batch.buckets.quarantine, rejects);
      outputs.push(output);
      files.push({
        sourceId: id,
        key,
        version,
        rowsIn: 2,
        rowsOut: 1,
        rowsRejected: 1,
        outputs: [output.key],
        rejects,
      });
    }
    const manifest: Manifest = {
      runId: batch.runId,
      dataset: batch.dataset,
      engine: batch.engine,
      startedAt: "2026-01-01T00:00:00Z",
      finishedAt: "2026-01-01T00:00:02Z",
      files,
      totals: { rowsIn: 2 * files.length, rowsOut: files.length, rowsRejected: files.length },
      outputs,
      partitions: [] as TouchedPartition[],
      removed: [],
    };
    await cloud().s3.send(
      new PutObjectCommand({
        Bucket: run.manifest.bucket,
        Key: run.manifest.key,
        Body: JSON.stringify(change(manifest)),
      }),
    );
  };
  const end = (run: Run, executionArn = execution("one")) => ({
    dataset: contract.dataset,
    runId: run.runId,
    executionArn,
    batch: run.batch,
    manifest: run.manifest,
  });
  const commit = async (run: Run, executionArn?: string) =>
    (await handler({ action: "commit", ...end(run, executionArn) })) as CommitResponse;
  const fail = async (run: Run, executionArn?: string) =>
    (await handler({
      action: "fail",
      ...end(run, executionArn),
      task: "RunLight",
      error: "UnreadableFile",
      cause: JSON.stringify({ errorType: "UnreadableFile", errorMessage: "out of paper" }),
    })) as FailResponse;

  it("takes a file from claimed to done and leaves nothing in the queue", async () => {
    const file = await ready("a.csv");
    assert.equal(await status(file), "READY");
    const run = await planRun();
    assert.equal(run.files, 1);
    assert.equal(run.engine, "light");
    assert.equal(run.jobName, "etl");
    assert.equal(await status(file), "RUNNING");
    await engine(run);
    const answer = await commit(run);
    assert.deepEqual(answer, {
      status: "succeeded",
      dataset: contract.dataset,
      runId: run.runId,
      rowsIn: 2,
      rowsOut: 1,
      rowsRejected: 1,
      files: 1,
    });
    const entry = await cloud().ledger.file(file);
    assert.equal(entry?.status, "DONE");
    assert.deepEqual([entry?.rowsIn, entry?.rowsOut, entry?.rowsRejected, entry?.runId], [2, 1, 1, run.runId]);
    assert.deepEqual(await plan(), { outcome: "drained" });
    assert.equal(await cloud().ledger.lease(contract.dataset), undefined);
    const [recorded] = await cloud().ledger.latestRuns(contract.dataset, 5);
    assert.equal(recorded?.status, "RUN_SUCCEEDED");
    assert.deepEqual(recorded?.result, answer);
  });

  it("writes a work order an engine can work from", async () => {
    const file = await ready("order.csv");
    const batch = await batchOf(await planRun());
    assert.equal(batch.dataset, contract.dataset);
    assert.equal(batch.contractKey, contract.contractKey);
    assert.equal(batch.buckets.processed, cloud().bucket("PROCESSED"));
    assert.equal(batch.manifestKey, `runs/${contract.dataset}/${batch.runId}/manifest.json`);
    assert.deepEqual(batch.files, [
      { ...file, sourceId: sourceId(file), dialect: validVerdict(file, contract).dialect, columns: ["id", "city"] },
    ]);
  });

  it("marks a file ready once, however often it is told", async () => {
    const file = await ready("again.csv");
    const second = await handler({
      action: "ready",
      verdict: validVerdict(file, contract),
      executionArn: execution("two"),
    });
    assert.deepEqual(second, { status: "READY" } satisfies ReadyResponse);
    assert.equal((await cloud().ledger.queue(contract.dataset, 10)).length, 1);
    const run = await planRun();
    await engine(run);
    await commit(run);
    const third = await handler({
      action: "ready",
      verdict: validVerdict(file, contract),
      executionArn: execution("x"),
    });
    assert.deepEqual(third, { status: "DONE" });
    assert.deepEqual(await plan(), { outcome: "drained" });
  });

  it("leaves a file of no dataset where it is, and takes it once a contract claims its prefix", async () => {
    const file = await cloud().upload(`${contract.prefix}early.csv`, "id,city\n1,Bonn\n");
    await cloud().claim(file);
    const verdict = { ...validVerdict(file, contract), status: "unclaimed", reason: "unknown-dataset" } as const;
    const { dataset: _, contractKey: __, ...unclaimed } = verdict;
    const leave = () => handler({ action: "leave", verdict: unclaimed, executionArn: execution("one") });
    assert.deepEqual(await leave(), { status: "UNCLAIMED" });
    assert.deepEqual(await leave(), { status: "UNCLAIMED" });
    assert.deepEqual(await plan(), { outcome: "drained" });
    await handler({ action: "ready", verdict: validVerdict(file, contract), executionArn: execution("two") });
    assert.equal((await planRun()).files, 1);
    assert.deepEqual(await leave(), { status: "RUNNING" }, "a late call changes nothing");
  });

  it("refuses to queue a file that nobody claimed", async () => {
    const file = await cloud().upload(`${contract.prefix}unclaimed.csv`, "id,city\n");
    const request = { action: "ready", verdict: validVerdict(file, contract), executionArn: execution("one") } as const;
    await assert.rejects(handler(request), { name: "LedgerConflict", message: /unclaimed\.csv/ });
  });

  it("gives the run to one of many planners at once; the others are told who has it", async () => {
    for (const name of ["a", "b", "c"]) await ready(`${name}.csv`, execution(name));
    const names = ["a", "b", "c", "d", "e", "f"];
    const answers = await Promise.all(names.map((name) => plan(execution(name))));
    const runs = answers.filter(({ outcome }) => outcome === "run") as Run[];
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.files, 3);
    const winner = execution(names[answers.findIndex(({ outcome }) => outcome === "run")] ?? "");
    for (const answer of answers) {
      if (answer.outcome !== "run") assert.deepEqual(answer, { outcome: "handed-over", leaseOwner: winner });
    }
  });

  it("loses no file that is queued while a holder finds the queue empty and lets go", async () => {
    // Twenty executions, each queueing its file and asking for the lease while others are draining.
    const files: FileRef[] = [];
    const flow = async (name: string): Promise<void> => {
      const file = await cloud().upload(`${contract.prefix}${name}.csv`, "id,city\n1,Bonn\n2,Trier\n");
      files.push(file);
      await cloud().claim(file);
      const request = {
        action: "ready",
        verdict: validVerdict(file, contract),
        executionArn: execution(name),
      } as const;
      if (((await handler(request)) as ReadyResponse).leaseOwner !== undefined) return;
      for (;;) {
        const answer = await plan(execution(name));
        if (answer.outcome !== "run") return;
        await engine(answer);
        await commit(answer, execution(name));
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => flow(`f${index}`)));
    assert.deepEqual(
      await Promise.all(files.map(status)),
      files.map(() => "DONE"),
    );
    assert.deepEqual(await cloud().ledger.queue(contract.dataset, 10), []);
    assert.equal(await cloud().ledger.lease(contract.dataset), undefined);
  });

  it("hands a queued file over at once where another execution has the lease", async () => {
    const answer = async (name: string): Promise<unknown> => {
      const file = await cloud().upload(`${contract.prefix}${name}-${++count}.csv`, "id,city\n1,Bonn\n");
      await cloud().claim(file);
      return handler({ action: "ready", verdict: validVerdict(file, contract), executionArn: execution(name) });
    };
    assert.deepEqual(await answer("one"), { status: "READY" });
    await planRun(execution("one"));
    assert.deepEqual(await answer("two"), { status: "READY", leaseOwner: execution("one") });
    assert.deepEqual(await answer("one"), { status: "READY" });
    await cloud().ledger.leases.acquire(contract.dataset, execution("one"), -10, new Date());
    assert.deepEqual(await answer("three"), { status: "READY" });
  });

  it("looks at the queue once more after it has released the lease", async () => {
    const { release } = Leases.prototype;
    let late: FileRef | undefined;
    Leases.prototype.release = async function (dataset, owner) {
      if (!late) {
        // Queued after the holder saw nothing; its execution is turned away by the lease that is about to be released.
        late = await ready("late.csv", execution("late"));
        const turnedAway = await plan(execution("late"));
        assert.deepEqual(turnedAway, { outcome: "handed-over", leaseOwner: execution("one") });
      }
      return release.call(this, dataset, owner);
    };
    try {
      const run = await planRun();
      assert.deepEqual(
        (await batchOf(run)).files.map(({ key }) => key),
        [late?.key],
      );
    } finally {
      Leases.prototype.release = release;
    }
  });

  it("takes over from a holder whose lease has run out, files and all", async () => {
    const file = await ready("orphan.csv");
    const dead = await planRun();
    await cloud().ledger.leases.acquire(contract.dataset, execution("one"), -10, new Date());
    const next = await planRun(execution("two"));
    assert.notEqual(next.runId, dead.runId);
    assert.deepEqual(
      (await batchOf(next)).files.map(({ version }) => version),
      [file.version],
    );

    await engine(dead);
    await assert.rejects(commit(dead), { name: "LeaseLost", message: /execution:set\d+:two has it now/ });
    assert.equal(await status(file), "RUNNING");
    assert.deepEqual(await fail(dead), {
      blame: "data",
      mayStillRun: false,
      next: "retry",
      requeued: 0,
      exhausted: [],
    });
    assert.equal((await cloud().ledger.file(file))?.runId, next.runId);

    await engine(next);
    await commit(next, execution("two"));
    assert.equal(await status(file), "DONE");
  });

  it("does not take a lease that has not run out", async () => {
    await ready("held.csv");
    await planRun();
    assert.deepEqual(await plan(execution("two")), { outcome: "handed-over", leaseOwner: execution("one") });
  });

  it("plans again for the holder of the lease, whose first answer may have been lost", async () => {
    await ready("lost.csv");
    const first = await planRun();
    const second = await planRun();
    await engine(second);
    await commit(second);
    await engine(first);
    await assert.rejects(commit(first), { name: "LedgerConflict" });
  });

  it("commits twice as once", async () => {
    await ready("twice.csv");
    const run = await planRun();
    await engine(run);
    const first = await commit(run);
    assert.deepEqual(await commit(run), first);
    await plan();
    assert.deepEqual(await commit(run, execution("late")), first);
  });

  it("completes a commit that died after the ledger was written", async () => {
    const file = await ready("halfway.csv");
    const run = await planRun();
    await engine(run);
    const [batchFile] = (await batchOf(run)).files;
    assert.ok(batchFile);
    const outcome = { ...batchFile, rowsIn: 2, rowsOut: 1, rowsRejected: 1, outputs: [] };
    await cloud().ledger.runs.markDone(
      contract.dataset,
      execution("one"),
      run.runId,
      [{ file: batchFile, outcome }],
      new Date(),
    );
    assert.equal((await commit(run)).files, 1);
    assert.equal(await status(file), "DONE");
  });

  it("does not believe a run without a manifest", async () => {
    const file = await ready("silent.csv");
    const run = await planRun();
    await assert.rejects(commit(run), { name: "ManifestMissing", message: new RegExp(run.runId) });
    assert.equal(await status(file), "RUNNING");
  });

  const lies: readonly [string, (manifest: Manifest) => unknown, RegExp][] = [
    ["of another run", (m) => ({ ...m, runId: "other" }), /of run other/],
    [
      "that leaves a file out",
      (m) => ({ ...m, files: [], totals: { rowsIn: 0, rowsOut: 0, rowsRejected: 0 } }),
      /does not account for/,
    ],
    [
      "whose rows do not add up",
      (m) => ({ ...m, files: m.files.map((f) => ({ ...f, rowsIn: 3 })) }),
      /3 rows in, but 1 out and 1 rejected/,
    ],
    [
      "whose totals are not the sum",
      (m) => ({ ...m, totals: { ...m.totals, rowsOut: 7 } }),
      /totals\.rowsOut is 7, the files add up to 1/,
    ],
    [
      "that lists an object which is not there",
      (m) => ({ ...m, outputs: m.outputs.map((o) => ({ ...o, key: `${o.key}x` })) }),
      /does not exist/,
    ],
    [
      "whose object has another size",
      (m) => ({ ...m, outputs: m.outputs.map((o) => ({ ...o, bytes: 5 })) }),
      /4 bytes, not 5/,
    ],
    [
      "that loses the rejected rows",
      (m) => ({ ...m, files: m.files.map(({ rejects: _, ...f }) => f) }),
      /not kept anywhere/,
    ],
    [
      "that names a file it was not given",
      (m) => ({ ...m, files: [...m.files, { ...m.files[0], version: "x" }] }),
      /not in the batch/,
    ],
    ["of the wrong shape", (m) => ({ ...m, totals: { rowsIn: "2" } }), /totals\.rowsIn/],
  ];
  for (const [what, change, message] of lies) {
    it(`does not believe a manifest ${what}`, async () => {
      const file = await ready("lie.csv");
      const run = await planRun();
      await engine(run, change as (manifest: Manifest) => Manifest);
      await assert.rejects(commit(run), { name: "ManifestInvalid", message });
      assert.equal(await status(file), "RUNNING");
    });
  }

  it("believes a manifest with null where Spark has nothing to say", async () => {
    await ready("nulls.csv");
    const run = await planRun();
    await engine(run, (m) => ({ ...m, files: m.files.map((f) => ({ ...f, superseded: null as never })) }));
    assert.equal((await commit(run)).files, 1);
  });

  it("records a file that an engine found outdated as superseded", async () => {
    const file = await ready("outdated.csv");
    const run = await planRun();
    await engine(run, (m) => ({
      ...m,
      files: m.files.map(({ sourceId: id, key, version }) => ({
        sourceId: id,
        key,
        version,
        rowsIn: 0,
        rowsOut: 0,
        rowsRejected: 0,
        outputs: [],
        superseded: true,
      })),
      totals: { rowsIn: 0, rowsOut: 0, rowsRejected: 0 },
      outputs: [],
    }));
    await commit(run);
    assert.equal(await status(file), "SUPERSEDED");
    assert.deepEqual(await plan(), { outcome: "drained" });
  });

  it("runs only the newest of several versions of a key", async () => {
    const old = await ready("key.csv");
    const other = await ready("other.csv");
    const newest = await ready("key.csv");
    const batch = await batchOf(await planRun());
    assert.deepEqual(
      batch.files.map(({ version }) => version),
      [other.version, newest.version],
    );
    assert.equal(await status(old), "SUPERSEDED");
    assert.match((await cloud().ledger.file(old))?.reason ?? "", new RegExp(newest.version));
  });

  it("goes by the sequencer, not by the order files were queued in", async () => {
    const newest = await ready("key.csv");
    const late = await cloud().upload(`${contract.prefix}key.csv`, "id,city\n9,Ulm\n");
    const old = { ...late, sequencer: "0055AED6DCD90281E4" };
    await cloud().claim(old);
    await handler({ action: "ready", verdict: validVerdict(old, contract), executionArn: execution("two") });
    const batch = await batchOf(await planRun());
    assert.deepEqual(
      batch.files.map(({ version }) => version),
      [newest.version],
    );
  });

  it("puts the files of a failed run back and counts the failure", async () => {
    const file = await ready("retry.csv");
    const run = await planRun();
    assert.deepEqual(await fail(run), { blame: "data", mayStillRun: false, next: "retry", requeued: 1, exhausted: [] });
    assert.deepEqual(await fail(run), { blame: "data", mayStillRun: false, next: "retry", requeued: 1, exhausted: [] });
    const entry = await cloud().ledger.file(file);
    assert.equal(entry?.status, "READY");
    assert.equal(entry?.attempts, 1);
    assert.equal(entry?.reason, "UnreadableFile: out of paper");
    const again = await planRun();
    await engine(again);
    await commit(again);
    assert.equal(await status(file), "DONE");
    assert.equal((await cloud().ledger.file(file))?.reason, undefined);
  });

  it("gives a file up after the third failure, and says so again if asked again", async () => {
    const file = await ready("hopeless.csv");
    await fail(await planRun());
    await fail(await planRun());
    const last = await planRun();
    const { requeued, exhausted } = await fail(last);
    assert.equal(requeued, 0);
    assert.equal(exhausted.length, 1);
    assert.equal(exhausted[0]?.reason, "engine-failed");
    assert.equal(exhausted[0]?.status, "invalid");
    assert.equal(exhausted[0]?.file.version, file.version);
    assert.match(exhausted[0]?.message ?? "", /failed 3 times.*UnreadableFile: out of paper/);
    assert.deepEqual((await fail(last)).exhausted, exhausted);
  });

  it("finds the one bad file among many: the others are done, it alone is given up", async () => {
    const files: FileRef[] = [];
    for (let index = 0; index < 9; index++) files.push(await ready(`f${index}.csv`));
    const bad = files[5];
    assert.ok(bad);
    const givenUp: string[] = [];
    for (let rounds = 0; ; rounds++) {
      assert.ok(rounds < 40, "the search comes to an end");
      const answer = await plan();
      if (answer.outcome !== "run") break;
      const batch = await batchOf(answer);
      if (!batch.files.some(({ version }) => version === bad.version)) {
        await engine(answer);
        await commit(answer);
        continue;
      }
      const { exhausted } = await fail(answer);
      for (const verdict of exhausted) {
        givenUp.push(verdict.file.version);
        await cloud().ledger.files.markQuarantined(verdict, "s3://q/f", execution("one"), new Date());
      }
    }
    assert.deepEqual(givenUp, [bad.version]);
    for (const file of files) assert.equal(await status(file), file === bad ? "QUARANTINED" : "DONE");
  });

  it("names the job with bookmarks of a scheduled dataset", async () => {
    contract = contractOf("nightly", { trigger: { kind: "schedule", schedule: "rate(1 day)" } as never });
    await publishNightly();
    await ready("a.csv");
    const run = await planRun();
    assert.deepEqual([run.engine, run.scheduled, run.jobName], ["spark", true, "etl-nightly"]);
  });

  it("writes a marker for each version that a scheduled run is to read, once", async () => {
    contract = contractOf("marked", { trigger: { kind: "schedule", schedule: "rate(1 day)" } as never });
    await publishNightly();
    const markers = async () => {
      const Bucket = cloud().bucket("ARTIFACTS");
      const { Versions = [] } = await cloud().s3.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: "markers/marked/" }),
      );
      const texts = Versions.map(async ({ Key, VersionId }) => {
        const { Body } = await cloud().s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        return `${Key}: ${await Body?.transformToString()}`;
      });
      return (await Promise.all(texts)).sort();
    };
    const marker = (file: FileRef) => `markers/marked/${sourceId(file)}.csv: ${sourceId(file)}/${file.version}\n`;
    const first = await ready("a.csv");
    const run = await planRun();
    assert.deepEqual(await markers(), [marker(first)]);
    // An execution that plans the same files again, because the one before died, leaves the markers as they are.
    await writeMarkers(await batchOf(run));
    assert.deepEqual(await markers(), [marker(first)]);
    await engine(run);
    await commit(run);
    const second = await ready("a.csv");
    await planRun();
    assert.deepEqual(await markers(), [marker(first), marker(second)].sort());
  });

  const publishNightly = () => cloud().publish({ ...contract, bookmarkJob: "etl-nightly" } as CompiledContract);

  it("asks no bookmark about files of a run that failed or died: it may have moved on without them", async () => {
    contract = contractOf("hourly", { trigger: { kind: "schedule", schedule: "rate(1 hour)" } as never });
    await publishNightly();
    await ready("failed.csv");
    await fail(await planRun());
    const afterFailure = await planRun();
    assert.deepEqual([afterFailure.scheduled, (await batchOf(afterFailure)).scheduled], [false, false]);
    // It dies: nobody says so.
    const afterDeath = await planRun();
    assert.deepEqual([afterDeath.engine, afterDeath.scheduled, afterDeath.jobName], ["spark", false, "etl-nightly"]);
    await engine(afterDeath);
    await commit(afterDeath);
    await ready("next.csv");
    assert.equal((await planRun()).scheduled, true);
  });

  it("says which action it does not know", async () => {
    await assert.rejects(handler({ action: "plam" } as never), {
      name: "InvalidRequest",
      message: /"plam"; allowed: ready, leave, plan, renew, release, commit, fail/,
    });
  });
});

describe("the choice of the next batch", () => {
  const item = (name: string, size: number, more: Partial<QueueItem> = {}): QueueItem => ({
    pk: "ready#d",
    sk: name,
    entity: "queue",
    dataset: "d",
    contractKey: "c",
    attempts: 0,
    file: {
      bucket: "raw",
      key: name,
      version: `v-${name}`,
      etag: "e",
      size,
      sequencer: nextSequencer(),
      eventTime: "2026-01-01T00:00:00Z",
      sourceId: name,
      columns: [],
      dialect: { encoding: "utf-8", bom: false, delimiter: ",", quote: '"', compression: "none" },
    },
    ...more,
  });
  const event = { kind: "event" } as const;
  const limits = { lightMaxBytes: 100, maxFiles: 4 };
  const names = (items: readonly QueueItem[]) => items.map(({ sk }) => sk);

  it("is light up to the limit, Spark above it", () => {
    const at = (size: number) =>
      selectBatch([item("a", 60), item("b", size)], { engine: "auto", trigger: event }, limits).engine;
    assert.equal(at(40), "light");
    assert.equal(at(41), "spark");
  });

  it("cuts the batch at the limit when the contract wants the light engine", () => {
    const chosen = selectBatch(
      [item("a", 60), item("b", 41), item("c", 1)],
      { engine: "light", trigger: event },
      limits,
    );
    assert.deepEqual([chosen.engine, names(chosen.items)], ["light", ["a"]]);
  });

  it("takes a single file above the limit when the contract wants the light engine", () => {
    assert.deepEqual(names(selectBatch([item("a", 500)], { engine: "light", trigger: event }, limits).items), ["a"]);
  });

  it("uses Spark for a small batch when the contract says so", () => {
    assert.equal(selectBatch([item("a", 1)], { engine: "spark", trigger: event }, limits).engine, "spark");
  });

  it("follows the uploader's wish where the contract leaves the choice", () => {
    const wish = (size: number, engine?: "light" | "spark"): QueueItem => {
      const plain = item(`${size}`, size);
      return { ...plain, file: { ...plain.file, engine } };
    };
    const chosen = (items: QueueItem[], engine: "auto" | "light" = "auto") =>
      selectBatch(items, { engine, trigger: event }, limits).engine;
    assert.equal(chosen([wish(1), wish(2, "spark")]), "spark");
    assert.equal(chosen([wish(101, "light")]), "light");
    assert.equal(chosen([wish(101, "light"), wish(1)]), "spark");
    assert.equal(chosen([wish(1, "spark")], "light"), "light");
  });

  it("takes no more files than allowed, the oldest first", () => {
    const queue = ["a", "b", "c", "d", "e"].map((name) => item(name, 1));
    assert.deepEqual(names(selectBatch(queue, { engine: "auto", trigger: event }, limits).items), ["a", "b", "c", "d"]);
  });

  it("keeps the run of a file that failed in company small", () => {
    const queue = [item("a", 1), item("b", 1, { batchLimit: 2 }), item("c", 1)];
    assert.deepEqual(names(selectBatch(queue, { engine: "auto", trigger: event }, limits).items), ["a", "b"]);
    const alone = [item("a", 1), item("b", 1), item("c", 1, { batchLimit: 1 })];
    assert.deepEqual(names(selectBatch(alone, { engine: "auto", trigger: event }, limits).items), ["a", "b"]);
  });

  it("orders sequencers as S3 does: padded on the right, as text", () => {
    assert.equal(compareSequencers("0A", "0a00"), 0);
    assert.equal(compareSequencers("0B", "0A99"), 1);
    assert.equal(compareSequencers("0A", "0A01"), -1);
  });
});
