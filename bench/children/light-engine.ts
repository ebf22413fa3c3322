/**
 * `light-engine.ts <folder> <batch key> <memory in MiB>`: one batch on the light engine, its buckets in a folder, in a process of
 * its own so that its memory is its own. The AWS SDK is loaded as it is in the function.
 */

import { mkdirSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import "../../functions/light-etl";
import { runBatch } from "../../functions/light-etl/engine";
import { engineLimits } from "../../functions/light-etl/limits";
import { withWorkspace } from "../../functions/light-etl/workspace";
import { timed } from "../measure";
import { FolderStore } from "../support/folder-store";

export interface LightRun {
  readonly seconds: number;
  /** Most memory the process had at once, bytes. */
  readonly peak: number;
}

async function main([folder = "", key = "", memory = ""]: readonly string[]): Promise<void> {
  const tmp = join(folder, "tmp");
  mkdirSync(tmp, { recursive: true });
  const disk = statfsSync(tmp);
  const limits = engineLimits({
    memoryMegabytes: Number(memory),
    freeDisk: disk.bavail * disk.bsize,
    processors: availableParallelism(),
    aggregates: 1024 ** 3,
  });
  const request = { batch: { bucket: "artifacts", key } };
  const { seconds, result } = await timed(() =>
    withWorkspace((workspace) => runBatch(new FolderStore(folder), request, limits, workspace), tmp),
  );
  if (result.outcome !== "done") throw new Error(`the engine answered ${JSON.stringify(result)}`);
  const answer: LightRun = { seconds, peak: process.resourceUsage().maxRSS * 1024 };
  process.stdout.write(JSON.stringify(answer));
}

void main(process.argv.slice(2));
