/**
 * `light-engine.ts <folder> <batch key> <memory in MiB>` runs one batch on the light engine with folders as buckets. It is a separate process,
 * so that its memory can be measured. The AWS SDK is loaded in the same way as in the function.
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
  /** The peak memory of the process in bytes. */
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
