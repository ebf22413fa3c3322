import { appendFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../contracts/flow";
import { number } from "../cli/ui/table";
import type { Bench, Figure } from "./benchmark";
import { shown, summary } from "./measure";
import { expectRows, ingest, jobStarted } from "./support/ingest";

const BUDGET: Readonly<Record<Engine, number>> = { light: 6, spark: 30 };
const ENGINES: readonly Engine[] = ["light", "spark"];

/** Measures, for a real table and each engine, the time from the upload to the raw zone until Athena returns its rows. */
export async function flights(bench: Bench): Promise<readonly Figure[]> {
  const { say, small } = bench;
  const file = join(bench.scratch, "flights-to-drop.csv");
  copyFileSync(await bench.flights(), file);
  const platform = await bench.platform();
  const outputs = await platform.deployed(say);
  const figures: Figure[] = [];
  for (const engine of ENGINES) {
    const seconds: number[] = [];
    const started: number[] = [];
    let rows = 0;
    for (let run = 0; run < (small ? 1 : 3); run++) {
      // An additional empty line makes a different file with the same rows, because the same bytes are ingested only once. The file replaces
      // the older one, so that the table keeps its size.
      appendFileSync(file, "\n");
      const done = await ingest(platform, outputs, file, { key: "flights/bench.csv", engine }, (state) =>
        say(`${engine}, run ${run + 1}: ${state}`),
      );
      if (done.manifest?.engine !== engine) throw new Error(`${engine} was asked for, ${done.manifest?.engine} ran`);
      seconds.push(done.milliseconds / 1000);
      started.push(jobStarted(done));
      rows = done.entry.rowsIn ?? 0;
      await expectRows(platform, outputs, "flights", done.entry.rowsOut ?? 0);
    }
    const timing = summary(seconds);
    figures.push({
      what: `${number(rows)} flights, ${engine}: dropped → queryable Parquet (its job started after ${shown(summary(started))})`,
      figure: shown(timing),
      budget: `≤ ${BUDGET[engine]} s`,
      within: timing.median <= BUDGET[engine],
    });
  }
  return figures;
}
