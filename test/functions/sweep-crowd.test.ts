import assert from "node:assert/strict";
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import type { CompiledContract } from "../../contracts/compiled";
import { dynamodb } from "../../functions/shared/aws";
import { chunks } from "../../functions/shared/chunks";
import { batchFile, type LedgerEntry, type QueueItem } from "../../functions/shared/ledger";
import { handler } from "../../functions/sweep";
import { givenRole } from "../support/role";
import { contractOf, validVerdict, withCloud } from "./cloud";

/** More than the sweep may ever have looked at in one go. */
const CROWD = 5_100;

describe("the sweep, where many files are in front of a dead dataset's", function () {
  this.timeout(120_000);
  const LONG_AGO = new Date(Date.now() - 7_200_000);
  const AFTERWARDS = new Date(Date.now() - 3_600_000);
  const cloud = withCloud();
  let count = 0;
  let living: string;

  before(async () => {
    const sfn = new SFNClient({
      endpoint: cloud().endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name: `${cloud().name}-crowd`,
        roleArn: await givenRole(cloud(), "waits", ["states"]),
        definition: JSON.stringify({ StartAt: "Work", States: { Work: { Type: "Wait", Seconds: 3_600, End: true } } }),
      }),
    );
    process.env.STATE_MACHINE_ARN = stateMachineArn;
    process.env.STALE_AFTER_SECONDS = "900";
    living = (await sfn.send(new StartExecutionCommand({ stateMachineArn, input: "{}" }))).executionArn ?? "";
  });
  after(() => {
    delete process.env.STATE_MACHINE_ARN;
    delete process.env.STALE_AFTER_SECONDS;
  });

  const write = async (items: readonly object[]): Promise<void> => {
    await pMap(
      chunks(items, 25),
      (chunk) =>
        dynamodb().send(
          new BatchWriteCommand({
            RequestItems: { [process.env.LEDGER_TABLE ?? ""]: chunk.map((Item) => ({ PutRequest: { Item } })) },
          }),
        ),
      { concurrency: 8 },
    );
  };
  const fileOf = (dataset: string) => ({
    bucket: cloud().bucket("RAW"),
    key: `${dataset}/${++count}.csv`,
    version: `v${count}`,
    etag: `${count.toString(16)}41d8cd98f00b204e9800998ecf8427e`,
    size: 20,
    sequencer: "01",
    eventTime: LONG_AGO.toISOString(),
  });
  /** A file that waits for a run of its dataset. */
  const waiting = async (contract: CompiledContract, at: Date): Promise<readonly [LedgerEntry, QueueItem]> => {
    const file = fileOf(contract.dataset);
    await cloud().claim(file);
    const verdict = validVerdict(file, contract);
    await cloud().ledger.files.markReady(verdict, batchFile(verdict), "arn:e", at);
    const [entry, items] = [await cloud().ledger.file(file), await cloud().ledger.queue(contract.dataset, 1)];
    assert.ok(entry && items[0]);
    return [entry, items[0]];
  };
  /** More files like one that waits. */
  const crowd = async ([entry, item]: readonly [LedgerEntry, QueueItem]): Promise<void> => {
    const copies = Array.from({ length: CROWD }, (_, index) => {
      const queuedAs = `${item.sk}-${index}`;
      return [
        { ...entry, sk: `${entry.sk}-${index}`, queuedAs },
        { ...item, sk: queuedAs },
      ];
    });
    await write(copies.flat());
  };

  it("starts the dataset behind more files that wait for their schedule than it could read", async () => {
    const trigger = { kind: "schedule", schedule: "rate(1 day)" } as const;
    await crowd(await waiting(contractOf("aaa_nightly", { trigger }), LONG_AGO));
    await waiting(contractOf("behind_nightly"), AFTERWARDS);
    assert.deepEqual((await handler({})).started, ["behind_nightly"]);
  });

  it("starts the dataset behind more files of a run that is under way than it could read", async () => {
    await crowd(await waiting(contractOf("aaa_busy"), LONG_AGO));
    await cloud().ledger.leases.acquire("aaa_busy", living, 600, new Date());
    await waiting(contractOf("behind_busy"), AFTERWARDS);
    assert.ok((await handler({})).started.includes("behind_busy"));
  });

  it("starts all of more than a hundred datasets", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `many_${index}`).sort();
    await pMap(names, (name) => waiting(contractOf(name), AFTERWARDS), { concurrency: 16 });
    const { started } = await handler({});
    assert.deepEqual(
      started.filter((name) => name.startsWith("many_")),
      names,
    );
  });

  it("drives the claimed file of a dead execution again that is behind many of living ones", async () => {
    for (let file = 0; file < 450; file++) {
      await cloud().claim(fileOf("claimed"), { updatedAt: LONG_AGO.toISOString(), executionArn: living });
    }
    const executionArn = `${living}-unknown`;
    await cloud().claim(fileOf("claimed"), { updatedAt: AFTERWARDS.toISOString(), executionArn });
    let redriven = 0;
    for (let tick = 0; tick < 3; tick++) redriven += (await handler({})).redriven;
    assert.equal(redriven, 1);
  });
});
