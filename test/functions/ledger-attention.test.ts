import assert from "node:assert/strict";
import { paginateScan } from "@aws-sdk/lib-dynamodb";
import jsonata from "jsonata";
import { type FlowReferences, ingestionFlow } from "../../components/ingestion/flow/definition";
import {
  ATTENTION_INDEX,
  type AttentionStatus,
  type BatchFile,
  type FileRef,
  type FileStatus,
} from "../../contracts/flow";
import { dynamodb } from "../../functions/shared/aws";
import { batchFile, type LedgerEntry, type RunItem } from "../../functions/shared/ledger";
import { withAttention } from "../../functions/shared/ledger/items";
import { contractOf, nextSequencer, validVerdict, withCloud } from "./cloud";

describe("the index of files that need attention", () => {
  const cloud = withCloud();
  let count = 0;
  const NOW = new Date("2026-01-01T00:00:00Z");

  const claimed = async (updatedAt = NOW): Promise<FileRef> => {
    const file: FileRef = {
      bucket: cloud().bucket("RAW"),
      key: `files/${++count}.csv`,
      version: `v${count}`,
      etag: `${(count % 16).toString(16)}41d8cd98f00b204e9800998ecf8427e`,
      size: 1,
      sequencer: nextSequencer(),
      eventTime: NOW.toISOString(),
    };
    await cloud().claim(file, { updatedAt: updatedAt.toISOString() });
    return file;
  };
  /** All that the index holds, whatever its keys are. */
  const indexed = async (): Promise<LedgerEntry[]> => {
    const items: LedgerEntry[] = [];
    const scan = { TableName: process.env.LEDGER_TABLE ?? "", IndexName: ATTENTION_INDEX.name };
    for await (const { Items = [] } of paginateScan({ client: dynamodb() }, scan))
      items.push(...(Items as LedgerEntry[]));
    return items;
  };
  const listed = async (status: AttentionStatus, newestFirst = false): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { file } of cloud().ledger.needingAttention(status, { newestFirst })) keys.push(file.key);
    return keys;
  };
  /** The states under which the index lists a file: none, or the one that it is in. */
  const states = async (file: FileRef): Promise<string[]> => {
    const lists = ["CLAIMED", "QUARANTINED", "FAILED", "UNCLAIMED"] as const;
    const found: string[] = [];
    for (const status of lists) if ((await listed(status)).includes(file.key)) found.push(status);
    assert.equal((await indexed()).filter((item) => item.file.key === file.key).length, found.length);
    return found;
  };

  const contract = contractOf("attention");
  const markReady = async (file: FileRef): Promise<BatchFile> => {
    const verdict = validVerdict(file, contract);
    await cloud().ledger.files.markReady(verdict, batchFile(verdict), "e", NOW);
    return batchFile(verdict);
  };
  const invalid = (file: FileRef) =>
    ({ ...validVerdict(file, contract), status: "invalid", reason: "not-csv" }) as const;
  const running = async (file: FileRef): Promise<BatchFile> => {
    await cloud().ledger.leases.acquire(contract.dataset, "e", 600, new Date());
    const ready = await markReady(file);
    const at = NOW.toISOString();
    const run: RunItem = {
      pk: `run#${contract.dataset}`,
      sk: "r1",
      entity: "run",
      status: "RUN_STARTED",
      dataset: contract.dataset,
      runId: "r1",
      engine: "light",
      files: 1,
      bytes: 1,
      executionArn: "e",
      startedAt: at,
      updatedAt: at,
    };
    await cloud().ledger.runs.markRunning([ready], run, NOW);
    return ready;
  };
  const done = async (file: FileRef, superseded: boolean): Promise<void> => {
    const ready = await running(file);
    const outcome = { ...ready, rowsIn: 0, rowsOut: 0, rowsRejected: 0, outputs: [], superseded };
    await cloud().ledger.runs.markDone(contract.dataset, "e", "r1", [{ file: ready, outcome }], NOW);
  };
  const entryOf = async (file: FileRef): Promise<LedgerEntry> => {
    const entry = await cloud().ledger.file(file);
    assert.ok(entry);
    return entry;
  };

  const rows: readonly (readonly [string, (file: FileRef) => Promise<unknown>, readonly string[]])[] = [
    ["a claimed file", async () => undefined, ["CLAIMED"]],
    ["a file that waits for a run", markReady, []],
    ["a file in a run", running, []],
    ["a file that is done", (file) => done(file, false), []],
    ["a file that a newer version replaced", (file) => done(file, true), []],
    [
      "a file in quarantine",
      (file) => cloud().ledger.files.markQuarantined(invalid(file), "s3://q/x", "e", NOW),
      ["QUARANTINED"],
    ],
    [
      "a file of no dataset",
      (file) => cloud().ledger.files.markUnclaimed(validVerdict(file, contract), "e", NOW),
      ["UNCLAIMED"],
    ],
    [
      "a claimed file that is given up",
      async (file) => cloud().ledger.files.markFailed(await entryOf(file), "no", NOW),
      ["FAILED"],
    ],
    [
      "a waiting file that is given up",
      async (file) => {
        await markReady(file);
        await cloud().ledger.files.giveUp(await entryOf(file), "no", NOW);
      },
      ["FAILED"],
    ],
    [
      "a failed file that is taken after all",
      async (file) => {
        await cloud().ledger.files.markFailed(await entryOf(file), "no", NOW);
        await markReady(file);
      },
      [],
    ],
  ];
  for (const [what, change, expected] of rows) {
    it(`has ${what} ${expected.length > 0 ? `as ${expected.join()}` : "no more"}`, async () => {
      const file = await claimed();
      assert.deepEqual(await states(file), ["CLAIMED"]);
      await change(file);
      assert.deepEqual(await states(file), expected);
    });
  }

  it("has a file as the state machine claims it", async () => {
    const flow = ingestionFlow({ functionSeconds: {} } as FlowReferences) as unknown as {
      States: { Claim: { Arguments: { Item: { status: { S: FileStatus }; attention: { S: string } } } } };
    };
    const { status, attention } = flow.States.Claim.Arguments.Item;
    const file = await claimed();
    const written = await jsonata(attention.S.replace(/^{%|%}$/g, "")).evaluate({}, { file });
    assert.deepEqual({ status: status.S, attention: written as unknown }, withAttention("CLAIMED", file));
  });

  it("spreads a state over sixteen keys and lists it in order all the same", async () => {
    const before = new Set((await indexed()).map(({ file }) => file.key));
    const expected: string[] = [];
    for (let second = 0; second < 40; second++) {
      expected.push((await claimed(new Date(NOW.getTime() + 1_000 * (second + 1)))).key);
    }
    const keys = new Set((await indexed()).filter(({ file }) => !before.has(file.key)).map((entry) => entry.attention));
    assert.equal(keys.size, 16);
    const ours = (list: readonly string[]) => list.filter((key) => !before.has(key));
    assert.deepEqual(ours(await listed("CLAIMED")), expected);
    assert.deepEqual(ours(await listed("CLAIMED", true)), expected.toReversed());
  });

  it("is not asked for the number of files in a state, which the table gives", async () => {
    const file = await claimed();
    const { ledger } = cloud();
    const before = await ledger.counts();
    await markReady(file);
    const after = await ledger.counts();
    assert.equal((after.get("READY") ?? 0) - (before.get("READY") ?? 0), 1);
    assert.equal((after.get("CLAIMED") ?? 0) - (before.get("CLAIMED") ?? 0), -1);
  });
});
