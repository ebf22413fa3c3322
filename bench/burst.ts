import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { query } from "../cli/athena";
import { REPOSITORY } from "../local/paths";
import type { Bench, Figure } from "./benchmark";
import { timed } from "./measure";

const BUDGET = 30;
const PATIENCE = 600_000;
const STUDY = "BURST";
const [HEADER = "", FIRST = ""] = readFileSync(join(REPOSITORY, "datasets", "samples", "penguins.csv"), "utf8").split(
  "\n",
);

/** A file of one row, which differs from the rows of the other files in its sample number. */
const fileOf = (sample: number): string => `${HEADER}\n${FIRST.replace(/^[^,]+,\d+,/, `${STUDY},${sample},`)}\n`;

/** Measures, for many small files that are dropped at once on the local platform, the time until all of them are ingested. */
export async function burst(bench: Bench): Promise<readonly Figure[]> {
  const { say, small } = bench;
  const platform = await bench.platform();
  const outputs = await platform.deployed(say);
  const { clients } = platform;
  const ledger = clients.ledger(outputs.ledgerTable);
  const files = small ? 40 : 1_000;
  const since = new Date().toISOString();
  const committed = async (): Promise<{ readonly files: number; readonly runs: number }> => {
    const runs = (await ledger.latestRuns("penguins", 1_000)).filter(({ startedAt }) => startedAt >= since);
    return { files: runs.reduce((sum, { result }) => sum + (result?.files ?? 0), 0), runs: runs.length };
  };
  const { seconds, result } = await timed(async () => {
    await pMap(
      Array.from({ length: files }, (_, sample) => sample + 1),
      (sample) =>
        clients.s3.send(
          new PutObjectCommand({
            Bucket: outputs.buckets.raw ?? "",
            Key: `penguins/burst/${sample}.csv`,
            Body: fileOf(sample),
          }),
        ),
      { concurrency: 20 },
    );
    for (const deadline = Date.now() + PATIENCE; ;) {
      const done = await committed();
      say(`${done.files} of ${files} files in ${done.runs} runs`);
      if (done.files >= files) return done;
      if (Date.now() > deadline) throw new Error(`after ten minutes, ${done.files} of ${files} files are ingested`);
      await wait(250);
    }
  });
  const sql = `select count(*), count(distinct sample) from penguins where study = '${STUDY}'`;
  const { rows } = await query(clients.athena, outputs, sql);
  if (rows[0]?.join() !== `${files},${files}`)
    throw new Error(`Athena finds ${rows[0]?.join(" rows, distinct ")} of ${files} rows`);
  return [
    {
      what: `${files} files at once: first upload → all ingested, in ${result.runs} runs`,
      figure: `${seconds.toFixed(1)} s`,
      ...(small ? {} : { budget: `≤ ${BUDGET} s`, within: seconds <= BUDGET }),
    },
  ];
}
