import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import pMap from "p-map";
import { deployLocal, localStack, runningCloud } from "../../cli/deploy";
import { until } from "../support/home";
import { bird, birds, flock } from "./penguins";
import { deployedPlatform, type DeployedPlatform, type Dropped } from "./platform";

/** What the tests read and change of "Object Created". */
interface ObjectCreated {
  readonly detail: { readonly object: { readonly key: string } };
}

const LIGHT = "light-etl";

describe("files that arrive together, and processes that die", function () {
  this.timeout(240_000);
  let platform: DeployedPlatform;
  let frozen: number[] = [];

  before(async function () {
    // Workers are found and held by what Linux tells of processes.
    if (process.platform !== "linux") this.skip();
    platform = await deployedPlatform();
    await platform.ingest("penguins/warm-up.csv", flock(birds("WARMUP", 2040, 1)));
  });

  afterEach(() => thaw());

  /** Holds whatever the light engine does now or is asked to do next. */
  async function freeze(): Promise<void> {
    const workers = await platform.workers(LIGHT);
    assert.ok(workers.length > 0, "the light engine has a worker");
    for (const pid of workers) process.kill(pid, "SIGSTOP");
    frozen.push(...workers);
  }

  function thaw(): void {
    for (const pid of frozen) {
      try {
        process.kill(pid, "SIGCONT");
      } catch {
        // It was killed.
      }
    }
    frozen = [];
  }

  const reaches = (file: Dropped, ...statuses: readonly string[]): Promise<void> =>
    until(
      `${file.key} is ${statuses.join(" or ")}`,
      async () => statuses.includes((await platform.entry(file))?.status ?? ""),
      60_000,
    );

  const ended = (executionArn: string): Promise<void> =>
    until(`${executionArn} ends`, async () => (await platform.execution(executionArn)).status !== "RUNNING", 60_000);

  /** The rows of a study are there, each once, and the aggregate, made by year, agrees. */
  async function holds(study: string, year: number, count: number): Promise<void> {
    const { rows } = await platform.query(
      `select count(*), count(distinct sample) from penguins where study = '${study}'`,
    );
    assert.deepEqual(rows[0], [String(count), String(count)], `rows of ${study}, and how many differ`);
    const aggregate = await platform.value(`select sum(birds) from penguins_by_species where year = ${year}`);
    assert.equal(Number(aggregate), count, `the aggregate of ${year}`);
  }

  it("ingests a file once, also when its event is delivered several times at the same moment", async () => {
    const sample = await platform.ingest("penguins/once.csv", flock(birds("ONCE", 2041, 2)));
    const event = (await platform.execution(sample.execution.arn)).input as ObjectCreated;

    const bytes = Buffer.from(flock(birds("THRICE", 2042, 3)));
    const etag = createHash("md5").update(bytes).digest("hex");
    const object = { ...event.detail.object, key: "penguins/thrice.csv", size: bytes.length, etag };
    const second = { ...event, detail: { ...event.detail, object } };
    const [file, ...arns] = await Promise.all([
      platform.drop("penguins/thrice.csv", bytes),
      platform.startExecution(event),
      platform.startExecution(event),
    ]);
    arns.push(...(await Promise.all([platform.startExecution(second), platform.startExecution(second)])));
    const { entry } = await platform.outcome(file);
    assert.equal(entry.status, "DONE", entry.reason);
    assert.equal(entry.attempts, 1);
    for (const arn of arns.filter((one) => one !== entry.executionArn)) {
      await ended(arn);
      const { status, output } = await platform.execution(arn);
      assert.equal(status, "SUCCEEDED");
      assert.equal((output as { status: string }).status, "already-ingested");
    }
    await holds("ONCE", 2041, 2);
    await holds("THRICE", 2042, 3);
  });

  it("keeps the newer rows alone when a key is overwritten while its execution runs", async () => {
    await freeze();
    const older = await platform.drop("penguins/overwritten.csv", flock(birds("OVERWRITTEN", 2043, 5)));
    await reaches(older, "RUNNING");
    const newer = await platform.drop("penguins/overwritten.csv", flock(birds("OVERWRITTEN", 2043, 3, 101)));
    await reaches(newer, "READY");
    thaw();
    const { entry } = await platform.outcome(newer);
    assert.equal(entry.status, "DONE", entry.reason);
    await reaches(older, "DONE", "SUPERSEDED");
    await holds("OVERWRITTEN", 2043, 3);
    assert.equal(await platform.value("select min(sample) from penguins where study = 'OVERWRITTEN'"), "101");
  });

  it("repeats a run whose engine is killed half way: no row is missing, none is there twice", async () => {
    const years = Array.from({ length: 20 }, (_, index) => 2060 + index);
    const lines = years.flatMap((year) => birds("HALFWAY", year, 200, 1 + (year - 2060) * 200));
    const bad = bird(1, { studyName: "HALFWAY", "Body Mass (g)": "heavy" });
    const file = await platform.drop("penguins/half-way.csv", flock([...lines, bad]));
    const written = (): Promise<string[]> =>
      platform.keys(platform.outputs.buckets.processed ?? "", "penguins/year=206");
    await until("the engine has written a part", async () => (await written()).length > 0, 60_000);
    await freeze();
    const { runId = "" } = (await platform.entry(file)) ?? {};
    const artifacts = platform.outputs.buckets.artifacts ?? "";
    assert.deepEqual(
      await platform.keys(artifacts, `runs/penguins/${runId}/manifest`),
      [],
      "the run has not ended yet",
    );
    for (const pid of frozen) process.kill(pid, "SIGKILL");

    const { entry, manifest } = await platform.outcome(file);
    assert.equal(entry.status, "DONE", entry.reason);
    assert.ok(manifest, "the run that counts has a manifest");
    assert.deepEqual([entry.rowsIn, entry.rowsOut, entry.rowsRejected], [4001, 4000, 1]);
    for (const year of [2060, 2079]) {
      assert.equal(await platform.value(`select sum(birds) from penguins_by_species where year = ${year}`), "200");
    }
    const { rows } = await platform.query(
      "select count(*), count(distinct sample) from penguins where study = 'HALFWAY'",
    );
    assert.deepEqual(rows[0], ["4000", "4000"]);
    const rejected = "select count(*) from rejected_rows where source_key = 'penguins/half-way.csv'";
    assert.equal(await platform.value(rejected), "1");
  });

  it("picks up all files of a dataset whose lease holder was killed, though its engine comes back later", async () => {
    await freeze();
    const held = await platform.drop("penguins/held.csv", flock(birds("HELD", 2044, 4)));
    await reaches(held, "RUNNING");
    const waiting = await platform.drop("penguins/waiting.csv", flock(birds("WAITING", 2045, 2)));
    await reaches(waiting, "READY");
    const owner = (await platform.ledger.lease("penguins"))?.owner ?? "";
    assert.equal(owner, (await platform.entry(held))?.executionArn);
    const handedOver = (await platform.entry(waiting))?.executionArn ?? "";
    await ended(handedOver);
    assert.equal(((await platform.execution(handedOver)).output as { status: string }).status, "handed-over");
    await platform.stopExecution(owner);

    await platform.sweepUntil("both files are done", async () => {
      const entries = await Promise.all([platform.entry(held), platform.entry(waiting)]);
      return entries.every((entry) => entry?.status === "DONE");
    });
    const { runId = "" } = (await platform.entry(held)) ?? {};
    assert.match((await platform.ledger.run("penguins", runId))?.executionArn ?? "", /:sweep-penguins-/);
    // What the dead execution had asked for is done only now, and nobody waits for it.
    thaw();
    const batch = await lateManifest(owner);
    assert.notEqual(batch, runId);
    await holds("HELD", 2044, 4);
    await holds("WAITING", 2045, 2);
  });

  /** Waits until the engine of an execution that was killed has ended its run all the same; returns its id. */
  async function lateManifest(executionArn: string): Promise<string> {
    const late = (await platform.ledger.latestRuns("penguins", 50)).find((run) => run.executionArn === executionArn);
    const key = `runs/penguins/${late?.runId}/manifest.json`;
    await until(
      "the late engine ends",
      async () => (await platform.keys(platform.outputs.buckets.artifacts ?? "", key)).length > 0,
      60_000,
    );
    return late?.runId ?? "";
  }

  it("takes 200 files at once in a run for every twenty of them at most", async () => {
    const since = new Date().toISOString();
    const files = await pMap(
      Array.from({ length: 200 }, (_, index) => index + 1),
      (sample) => platform.drop(`penguins/many/${sample}.csv`, flock(birds("MANY", 2046, 1, sample))),
      { concurrency: 20 },
    );
    const open = new Set(files);
    await until(
      "every file is done",
      async () => {
        for (const file of open) {
          const { status, reason } = (await platform.entry(file)) ?? {};
          if (status !== "DONE") {
            assert.ok(status === undefined || ["CLAIMED", "READY", "RUNNING"].includes(status), `${status}: ${reason}`);
            return false;
          }
          open.delete(file);
        }
        return true;
      },
      180_000,
    );
    await holds("MANY", 2046, 200);
    const runs = (await platform.ledger.latestRuns("penguins", 250)).filter(({ startedAt }) => startedAt >= since);
    // How many there are depends on how fast the machine is that puts the files, beside what else it does.
    assert.ok(runs.length <= 10, `${runs.length} runs, of ${runs.map((run) => run.files).join(", ")} files`);
  });

  /** Ids of what is deployed, but for what is made anew after a stop: MiniStack's flow logs. */
  async function deployedIds(): Promise<Record<string, string>> {
    const { deployment } = await (await localStack(await runningCloud())).exportStack();
    const { resources } = deployment as { resources: { urn: string; type: string; id?: string }[] };
    return Object.fromEntries(
      resources.filter(({ type }) => !type.startsWith("aws:ec2/flowLog:")).map(({ urn, id = "" }) => [urn, id]),
    );
  }

  it("continues after the emulators are stopped in the middle of a run", async () => {
    await freeze();
    const running = await platform.drop("penguins/running.csv", flock(birds("RUNNING", 2047, 3)));
    await reaches(running, "RUNNING");
    const waiting = await platform.drop("penguins/next.csv", flock(birds("NEXT", 2048, 2)));
    await reaches(waiting, "READY");
    const before = await deployedIds();
    await platform.restart();
    const { outputs } = await deployLocal(() => undefined);
    // The emulators are at other addresses now, and with them the WebSocket API.
    platform.outputs = outputs as never;
    assert.deepEqual(await deployedIds(), before, "something was lost that the emulators keep");

    await platform.sweepUntil("both files are done", async () => {
      const entries = await Promise.all([platform.entry(running), platform.entry(waiting)]);
      return entries.every((entry) => entry?.status === "DONE");
    });
    await holds("RUNNING", 2047, 3);
    await holds("NEXT", 2048, 2);
    const { entry } = await platform.ingest("penguins/afterwards.csv", flock(birds("AFTERWARDS", 2049, 1)));
    assert.equal(entry.status, "DONE", entry.reason);
  });
});
