import assert from "node:assert/strict";
import {
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import type { CompiledContract } from "../../contracts/compiled";
import type { Batch, CommitResponse, Manifest, PlanResponse } from "../../contracts/flow";
import { handler } from "../../functions/run-coordinator";
import { dynamodb as functionsClient } from "../../functions/shared/aws";
import { batchFile } from "../../functions/shared/ledger";
import { patiently } from "../../functions/shared/patience";
import { readText } from "../../functions/shared/s3";
import { conflictCount } from "../support/conflicts";
import { contractOf, nextSequencer, validVerdict, withCloud } from "./cloud";

type Run = Extract<PlanResponse, { outcome: "run" }>;

describe("the ledger on a table whose transactions conflict", function () {
  this.timeout(120_000);
  const cloud = withCloud();
  let count = 0;
  let contract: CompiledContract;

  const newDataset = async (): Promise<void> => {
    contract = contractOf(`conflicts${++count}`);
    await cloud().publish(contract);
  };
  beforeEach(newDataset);

  const execution = (name: string) => `execution:${contract.dataset}:${name}`;
  const fileOf = (name: string | number) => ({
    bucket: cloud().bucket("RAW"),
    key: `${contract.prefix}${name}.csv`,
    version: `version-${name}`,
    etag: "d41d8cd98f00b204e9800998ecf8427e",
    size: 20,
    sequencer: nextSequencer(),
    eventTime: new Date().toISOString(),
  });
  const queue = async (names: readonly (string | number)[]): Promise<void> => {
    await pMap(
      names,
      async (name) => {
        const file = fileOf(name);
        await cloud().claim(file);
        const verdict = validVerdict(file, contract);
        await cloud().ledger.files.markReady(verdict, batchFile(verdict), execution("one"), new Date());
      },
      { concurrency: 16 },
    );
  };
  const plan = async (executionArn = execution("one")): Promise<PlanResponse> =>
    (await handler({
      action: "plan",
      dataset: contract.dataset,
      contractKey: contract.contractKey,
      executionArn,
    })) as PlanResponse;
  /** Writes the manifest of an engine that found no row in any file. */
  const runEngine = async (run: Run): Promise<void> => {
    const batch = JSON.parse((await readText(run.batch)) ?? "") as Batch;
    const none = { rowsIn: 0, rowsOut: 0, rowsRejected: 0 };
    const manifest: Manifest = {
      runId: batch.runId,
      dataset: batch.dataset,
      engine: batch.engine,
      startedAt: "2026-01-01T00:00:00Z",
      finishedAt: "2026-01-01T00:00:02Z",
      files: batch.files.map(({ sourceId, key, version }) => ({ sourceId, key, version, ...none, outputs: [] })),
      totals: none,
      outputs: [],
      partitions: [],
      removed: [],
    };
    const { bucket: Bucket, key: Key } = run.manifest;
    await cloud().s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(manifest) }));
  };
  const commit = async (run: Run, executionArn = execution("one")): Promise<CommitResponse> =>
    (await handler({
      action: "commit",
      dataset: contract.dataset,
      runId: run.runId,
      executionArn,
      batch: run.batch,
      manifest: run.manifest,
    })) as CommitResponse;
  const statuses = async (names: readonly (string | number)[]): Promise<Set<string | undefined>> =>
    new Set(await pMap(names, async (name) => (await cloud().ledger.file(fileOf(name)))?.status, { concurrency: 32 }));

  /** Lets other executions ask for the lease for as long as something is done. Returns what they were answered. */
  const whileOthersAsk = async (others: readonly string[], work: () => Promise<void>): Promise<Set<string>> => {
    const outcomes = new Set<string>();
    let busy = true;
    const asking = others.map(async (name) => {
      while (busy) outcomes.add((await plan(execution(name))).outcome);
    });
    await work().finally(() => (busy = false));
    await Promise.all(asking);
    return outcomes;
  };

  const NAMES = ["a", "b", "c", "d"];
  const SIZES: readonly (readonly [number, readonly string[]])[] = [
    [1, NAMES],
    [98, []],
    [98, NAMES],
    [200, NAMES],
    [1_000, NAMES],
  ];
  for (const [waiting, others] of SIZES) {
    const company = others.length > 0 ? `, while ${others.length} other executions ask for the lease` : "";
    it(`takes ${waiting} waiting files through plan, run and commit${company}`, async () => {
      const names = Array.from({ length: waiting }, (_, index) => index);
      await queue(names);
      await cloud().ledger.leases.acquire(contract.dataset, execution("one"), 600, new Date());
      const outcomes = await whileOthersAsk(others, async () => {
        const run = (await plan()) as Run;
        assert.equal(run.files, waiting);
        assert.deepEqual(await statuses(names), new Set(["RUNNING"]));
        await runEngine(run);
        assert.equal((await commit(run)).files, waiting);
      });
      assert.deepEqual([...outcomes], others.length > 0 ? ["handed-over"] : []);
      assert.deepEqual(await statuses(names), new Set(["DONE"]));
      assert.deepEqual(await plan(), { outcome: "drained" });
    });
  }

  /** Calls something each time before a transaction that checks the lease is sent. */
  const beforeLeaseChecks = (work: (check: number) => Promise<void>): (() => void) => {
    let checks = 0;
    const name = "beforeLeaseChecks";
    functionsClient().middlewareStack.add(
      (next) => async (args) => {
        const { TransactItems = [] } = args.input as TransactWriteCommandInput;
        if (TransactItems.some(({ ConditionCheck }) => ConditionCheck)) await work(++checks);
        return next(args);
      },
      { step: "initialize", name },
    );
    return () => functionsClient().middlewareStack.remove(name);
  };

  for (const transaction of [1, 2, 5]) {
    it(`records each file in one run only when the lease is stolen before transaction ${transaction} of a commit`, async () => {
      const names = Array.from({ length: 200 }, (_, index) => index);
      await queue(names);
      const first = (await plan()) as Run;
      await runEngine(first);
      let second: Run | undefined;
      const stop = beforeLeaseChecks(async (check) => {
        if (check !== transaction) return;
        await cloud().ledger.leases.acquire(contract.dataset, execution("one"), -10, new Date());
        second = (await plan(execution("two"))) as Run;
      });
      try {
        await assert.rejects(commit(first), { name: "LeaseLost", message: /:two has it now/ });
      } finally {
        stop();
      }
      assert.ok(second);
      const recorded = Math.min(200, 49 * (transaction - 1));
      assert.equal(second.files, 200 - recorded);
      await runEngine(second);
      await commit(second, execution("two"));
      const entries = await pMap(names, (name) => cloud().ledger.file(fileOf(name)), { concurrency: 32 });
      const of = (run: Run) => entries.filter((entry) => entry?.status === "DONE" && entry.runId === run.runId).length;
      assert.deepEqual([of(first), of(second)], [recorded, 200 - recorded]);
      const runs = await cloud().ledger.latestRuns(contract.dataset, 5);
      assert.deepEqual(
        runs.filter(({ status }) => status === "RUN_SUCCEEDED").map(({ runId }) => runId),
        [second.runId],
      );
      assert.equal((await cloud().ledger.queue(contract.dataset, 1)).length, 0);
    });
  }

  it("gives a lease that has expired to one of those that ask for it at the same moment", async () => {
    const { leases } = cloud().ledger;
    await leases.acquire(contract.dataset, execution("dead"), -10, new Date());
    const owners = await Promise.all(
      NAMES.map((name) => leases.acquire(contract.dataset, execution(name), 600, new Date())),
    );
    assert.equal(new Set(owners).size, 1);
  });

  /** What can write the same item at the same moment, and what must hold afterwards. */
  const meetings: Readonly<Record<string, () => Promise<void>>> = {
    "a commit and renewals of its lease": async () => {
      await queue(Array.from({ length: 98 }, (_, index) => index));
      const run = (await plan()) as Run;
      await runEngine(run);
      const renewals = pMap(
        Array.from({ length: 40 }),
        () => cloud().ledger.leases.renew(contract.dataset, execution("one"), 600, new Date()),
        { concurrency: 2 },
      );
      assert.equal((await commit(run)).files, 98);
      assert.deepEqual(new Set(await renewals), new Set([true]));
    },
    "two calls of the same commit": async () => {
      await queue(Array.from({ length: 98 }, (_, index) => index));
      const run = (await plan()) as Run;
      await runEngine(run);
      const answers = await Promise.allSettled([commit(run), commit(run)]);
      // One of them may find files that the other has recorded since it looked, and is called again.
      assert.ok(answers.some(({ status }) => status === "fulfilled"));
      assert.equal((await commit(run)).files, 98);
    },
    "deliveries of one event": async () => {
      const verdict = validVerdict(fileOf("once"), contract);
      await cloud().claim(verdict.file);
      const states = await Promise.all(
        NAMES.map((name) => cloud().ledger.files.markReady(verdict, batchFile(verdict), execution(name), new Date())),
      );
      assert.deepEqual(new Set(states), new Set(["READY"]));
      assert.equal((await cloud().ledger.queue(contract.dataset, 5)).length, 1);
    },
    "the sweep, which gives a claimed file up, and the execution that judges it": async () => {
      const verdict = validVerdict(fileOf("late"), contract);
      await cloud().claim(verdict.file);
      const entry = await cloud().ledger.file(verdict.file);
      assert.ok(entry);
      const { files } = cloud().ledger;
      let judged = false;
      const before = conflictCount();
      const judge = files.markReady(verdict, batchFile(verdict), execution("one"), new Date());
      void judge.finally(() => (judged = true));
      while (!judged && conflictCount() === before) await files.markFailed(entry, "no execution", new Date());
      await judge;
      // A failed file that is judged after all is queued.
      assert.equal((await cloud().ledger.file(verdict.file))?.status, "READY");
      assert.equal((await cloud().ledger.queue(contract.dataset, 5)).length, 1);
    },
    "ten calls that quarantine the same queued file": async () => {
      await queue(["bad"]);
      const bad = { ...validVerdict(fileOf("bad"), contract), status: "invalid", reason: "engine-failed" } as const;
      await Promise.all(
        Array.from({ length: 10 }, () =>
          cloud().ledger.files.markQuarantined(bad, "s3://q/bad", execution("one"), new Date()),
        ),
      );
      assert.equal((await cloud().ledger.file(bad.file))?.status, "QUARANTINED");
      assert.deepEqual(await cloud().ledger.queue(contract.dataset, 5), []);
    },
    "the end of a failed run and the run that takes its files over": async () => {
      const names = Array.from({ length: 60 }, (_, index) => index);
      await queue(names);
      const failed = (await plan()) as Run;
      await cloud().ledger.leases.acquire(contract.dataset, execution("one"), -10, new Date());
      const [, next] = await Promise.all([
        handler({
          action: "fail",
          dataset: contract.dataset,
          executionArn: execution("one"),
          ...failed,
          task: "RunLight",
          error: "EngineError",
          cause: "{}",
        }),
        plan(execution("two")),
      ]);
      assert.equal((next as Run).files, 60);
      const entries = await pMap(names, (name) => cloud().ledger.file(fileOf(name)), { concurrency: 32 });
      assert.deepEqual(new Set(entries.map((entry) => entry?.runId)), new Set([(next as Run).runId]));
      assert.deepEqual(await statuses(names), new Set(["RUNNING"]));
    },
  };
  for (const [who, meet] of Object.entries(meetings)) {
    it(`lets ${who} write at the same moment`, async () => {
      const before = conflictCount();
      // On a busy machine, two requests that are sent together may pass each other.
      for (let turn = 0; turn < 20 && conflictCount() === before; turn++) {
        if (turn > 0) await newDataset();
        await meet();
      }
      assert.ok(conflictCount() > before, "none of them met another");
    });
  }
});

describe("the repetition of refused requests", () => {
  const METADATA = { $metadata: {}, message: "" };
  const conflict = () => new TransactionConflictException(METADATA);
  const cancelled = (...codes: readonly string[]) =>
    new TransactionCanceledException({ ...METADATA, CancellationReasons: codes.map((Code) => ({ Code })) });
  const rows: readonly (readonly [string, Error, boolean])[] = [
    ["a write that met a transaction", conflict(), true],
    ["a transaction that met another", cancelled("None", "TransactionConflict"), true],
    ["a transaction that was throttled", cancelled("ThrottlingError", "None"), true],
    ["a transaction above the table's capacity", cancelled("ProvisionedThroughputExceeded"), true],
    ["a transaction whose condition does not hold", cancelled("None", "ConditionalCheckFailed"), false],
    [
      "a transaction that met another and whose condition does not hold",
      cancelled("TransactionConflict", "ConditionalCheckFailed"),
      false,
    ],
    ["a transaction that is invalid", cancelled("ValidationError"), false],
    // The SDK repeats it.
    ["a write that was throttled", new ThrottlingException(METADATA), false],
  ];
  for (const [what, error, repeated] of rows) {
    it(`${repeated ? "sends" : "does not send"} ${what} again`, async () => {
      let sent = 0;
      const send = async () => {
        if (++sent < 3) throw error;
        return "done";
      };
      if (repeated) assert.equal(await patiently(send), "done");
      else await assert.rejects(patiently(send), (thrown) => thrown === error);
      assert.equal(sent, repeated ? 3 : 1);
    });
  }

  it("ends with the refusal when it goes on for long, so that the state machine waits and repeats the step", async () => {
    await assert.rejects(
      patiently(() => Promise.reject(conflict())),
      { name: "TransactionConflictException" },
    );
  });
});
