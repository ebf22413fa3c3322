import { join } from "node:path";
import type { Ingested } from "../cli/ingest";
import { REPOSITORY } from "../local/paths";
import type { Bench, Figure } from "./benchmark";
import { shown, summary, type Timing } from "./measure";
import { expectRows, ingest, jobStarted } from "./support/ingest";

const STARTED = 3;
const QUERYABLE = 4;
const SAMPLE = join(REPOSITORY, "datasets", "samples", "penguins.csv");

/** Measures, for a small file on the local platform, the time until its job starts and until Athena returns its rows. */
export async function drop(bench: Bench): Promise<readonly Figure[]> {
  const { say, small } = bench;
  const platform = await bench.platform();
  const outputs = await platform.deployed(say);
  const files: Ingested[] = [];
  for (let file = 0; file < (small ? 2 : 8); file++) {
    say(`file ${file + 1}`);
    files.push(await ingest(platform, outputs, SAMPLE, { key: `penguins/bench-${file}.csv` }, () => undefined));
  }
  const rows = files.reduce((sum, { entry }) => sum + (entry.rowsOut ?? 0), 0);
  await expectRows(platform, outputs, "penguins", rows);
  const figures = (what: string, some: readonly Ingested[]): Figure[] => {
    const within = (budget: number, timing: Timing) => ({
      figure: shown(timing),
      budget: `≤ ${budget} s`,
      within: timing.median <= budget,
    });
    return [
      { what: `${what}: dropped → job started`, ...within(STARTED, summary(some.map(jobStarted))) },
      {
        what: `${what}: dropped → queryable Parquet`,
        ...within(QUERYABLE, summary(some.map(({ milliseconds }) => milliseconds / 1000))),
      },
    ];
  };
  return [
    ...figures("344 rows, the first file of all (cold functions)", files.slice(0, 1)),
    ...figures("344 rows, the files after it", files.slice(1)),
  ];
}
