import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { CompiledContract } from "../../contracts/compiled";
import { compileContract } from "../../contracts/compile";
import type { FailResponse, FileRef, PlanResponse, Verdict } from "../../contracts/flow";
import { parseContract } from "../../contracts/parse";
import { runBatch } from "../../functions/light-etl/engine";
import { S3ObjectStore } from "../../functions/light-etl/store";
import { withWorkspace } from "../../functions/light-etl/workspace";
import { handler as quarantine } from "../../functions/quarantine";
import { handler as coordinator } from "../../functions/run-coordinator";
import { sourceId } from "../../functions/shared/files";
import { validVerdict, withCloud } from "./cloud";
import { LIMITS } from "./light-etl/harness";

type Run = Extract<PlanResponse, { outcome: "run" }>;

const EXECUTION = "execution:one";

function contractOf(name: string): CompiledContract {
  const { contract } = parseContract(
    [
      `name: ${name}`,
      "description: Test",
      "owner: team@example.org",
      "columns:",
      "  - { name: id, type: int, nullable: false }",
      "  - { name: city, type: string, nullable: false }",
      "partitioning: { layout: hive, keys: [city] }",
      "aggregates:",
      "  - { name: by_city, groupBy: [city], measures: [{ name: people, function: count }] }",
    ].join("\n"),
    `${name}.yaml`,
  );
  assert.ok(contract);
  return compileContract(contract);
}

/** The real engine on the emulator's S3, which dies where it is told to. */
class MortalStore extends S3ObjectStore {
  constructor(
    client: ConstructorParameters<typeof S3ObjectStore>[0],
    private readonly dies: (key: string) => boolean,
  ) {
    super(client);
  }

  override async writeFile(bucket: string, key: string, path: string): Promise<void> {
    if (this.dies(key)) throw new Error("out of paper");
    return super.writeFile(bucket, key, path);
  }

  override async writeText(bucket: string, key: string, text: string, contentType: string): Promise<void> {
    if (this.dies(key)) throw new Error("out of paper");
    return super.writeText(bucket, key, text, contentType);
  }
}

describe("a file whose runs all fail", function () {
  this.timeout(60_000);
  const cloud = withCloud();
  const scratch = mkdtempSync(join(tmpdir(), "withdrawal-"));
  let contract: CompiledContract;
  let count = 0;

  beforeEach(async () => {
    contract = contractOf(`taken_back_${++count}`);
    await cloud().publish(contract);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  const upload = async (body: string): Promise<FileRef> => {
    const file = await cloud().upload(`${contract.prefix}a.csv`, body);
    await cloud().claim(file);
    await coordinator({ action: "ready", verdict: validVerdict(file, contract), executionArn: EXECUTION });
    return file;
  };
  const plan = async (): Promise<PlanResponse> => {
    const { dataset, contractKey } = contract;
    return (await coordinator({ action: "plan", dataset, contractKey, executionArn: EXECUTION })) as PlanResponse;
  };
  const planRun = async (): Promise<Run> => {
    const answer = await plan();
    assert.equal(answer.outcome, "run");
    return answer as Run;
  };
  const runs = (run: Run, dies: (key: string) => boolean = () => false): Promise<unknown> =>
    withWorkspace(
      (workspace) => runBatch(new MortalStore(cloud().s3, dies), { batch: run.batch }, LIMITS, workspace),
      scratch,
    );
  const reference = ({ runId, batch, manifest }: Run) => ({
    dataset: contract.dataset,
    runId,
    executionArn: EXECUTION,
    batch,
    manifest,
  });
  const succeed = async (run: Run): Promise<void> => {
    await runs(run);
    await coordinator({ action: "commit", ...reference(run) });
  };
  const fail = async (run: Run): Promise<FailResponse> =>
    (await coordinator({
      action: "fail",
      ...reference(run),
      task: "RunLight",
      error: "UnreadableFile",
      cause: "out of paper",
    })) as FailResponse;

  /** What is in the zones, by key: which objects, and whether they are the same ones. */
  async function lake(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const zone of ["PROCESSED", "CURATED", "QUARANTINE"] as const) {
      const Bucket = cloud().bucket(zone);
      const { Contents = [] } = await cloud().s3.send(new ListObjectsV2Command({ Bucket }));
      for (const { Key = "", ETag = "" } of Contents) {
        // Rejected rows name their run.
        if (Key.includes(contract.dataset) && !Key.startsWith("files/")) found[Key] = zone === "QUARANTINE" ? "" : ETag;
      }
    }
    return found;
  }

  /** Three runs, each of which dies; then the file is quarantined. */
  async function failsForGood(dies: (key: string) => boolean): Promise<Verdict> {
    for (let attempt = 1; ; attempt++) {
      const run = await planRun();
      await runs(run, dies).catch(() => undefined);
      const { exhausted } = await fail(run);
      const [verdict] = exhausted;
      assert.equal(attempt === 3, verdict !== undefined);
      if (!verdict) continue;
      await quarantine({ verdict, executionArn: EXECUTION });
      // As Step Functions may: it did not hear the answer.
      await quarantine({ verdict, executionArn: EXECUTION });
      return verdict;
    }
  }

  const GOOD = "id,city\n1,Bonn\n2,Trier\n";
  const LATER = "id,city\n3,Bonn\n4,Ulm\nx,Ulm\n";
  const aggregates = (key: string): boolean => key.includes("by_city");
  const commits = (key: string): boolean => key.endsWith("manifest.json");
  const places: [string, (key: string) => boolean][] = [
    ["before the aggregates", aggregates],
    ["before the manifest", commits],
  ];

  for (const [place, dies] of places) {
    it(`leaves no row, aggregate or rejected row behind when its engine died ${place}`, async () => {
      const file = await upload(LATER);
      await failsForGood(dies);
      assert.notDeepEqual(await lake(), {}, "some of it had been published");
      await succeed(await planRun());
      assert.deepEqual(await lake(), {});
      assert.deepEqual(await plan(), { outcome: "drained" });
      const entry = await cloud().ledger.file(file);
      assert.equal(entry?.status, "QUARANTINED");
      assert.equal(entry?.verdict?.reason, "engine-failed");
    });

    it(`gives the rows back that it had replaced when its engine died ${place}`, async () => {
      const good = await upload(GOOD);
      await succeed(await planRun());
      const before = await lake();
      assert.equal(Object.keys(before).length, 4);
      await upload(LATER);
      await failsForGood(dies);
      assert.notDeepEqual(await lake(), before, "some of it had been published");
      await succeed(await planRun());
      assert.deepEqual(await lake(), before);
      assert.equal((await cloud().ledger.file(good))?.status, "DONE");
      assert.deepEqual(await plan(), { outcome: "drained" });
    });
  }

  it("needs no further run when nothing of it was published", async () => {
    await upload(GOOD);
    await succeed(await planRun());
    const before = await lake();
    await upload(LATER);
    await failsForGood((key) => key.startsWith("sources/"));
    assert.deepEqual(await plan(), { outcome: "drained" });
    assert.deepEqual(await lake(), before);
  });

  it("makes way for the older version that it had pushed out of the queue", async () => {
    const older = await upload(GOOD);
    await upload(LATER);
    await failsForGood((key) => key.startsWith("sources/"));
    await succeed(await planRun());
    assert.equal((await cloud().ledger.file(older))?.status, "DONE");
    assert.equal(Object.keys(await lake()).length, 4);
  });

  it("is overtaken by a newer upload, which replaces whatever is there", async () => {
    await upload(LATER);
    await failsForGood(aggregates);
    const newest = await upload(GOOD);
    const run = await planRun();
    assert.equal(run.files, 1);
    await succeed(run);
    assert.equal((await cloud().ledger.file(newest))?.status, "DONE");
    assert.equal(Object.keys(await lake()).length, 4);
    assert.deepEqual(await plan(), { outcome: "drained" });
  });

  it("takes its rows back three times at most, and then says that they are still there", async () => {
    const file = await upload(LATER);
    await failsForGood(aggregates);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const { requeued, exhausted } = await fail(await planRun());
      assert.deepEqual({ requeued, exhausted }, { requeued: attempt < 3 ? 1 : 0, exhausted: [] });
    }
    assert.deepEqual(await plan(), { outcome: "drained" });
    const bucket = cloud().bucket("ARTIFACTS");
    const key = `withdrawals/${contract.dataset}/${sourceId(file)}.csv`;
    const entries = await cloud().ledger.versions({ bucket, key });
    const given = entries.find(({ status }) => status === "FAILED");
    assert.match(given?.reason ?? "", /removes the rows of s3:.*a\.csv.*given up after 3 attempts/);
    // What stands in for the file has its header.
    const { Body } = await cloud().s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    assert.equal(await Body?.transformToString(), '"id","city"\n');
  });
});
