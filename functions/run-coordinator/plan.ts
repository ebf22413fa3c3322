import { randomBytes } from "node:crypto";
import type { Batch, PlanRequest, PlanResponse } from "../../contracts/flow";
import { mustReadContract } from "../shared/contracts";
import type { Ledger, QueueItem } from "../shared/ledger";
import { logger } from "../shared/observability";
import { writeJson } from "../shared/s3";
import { selectBatch } from "./engine";
import { environment } from "./environment";
import { writeMarkers } from "./markers";

/** The largest number of files in a run, which keeps work orders small. The next run takes the rest. */
const MAX_FILES = 1_000;

/** Takes the dataset's lease and starts a run over all that waits; hands over to the execution that has the lease. */
export async function plan(ledger: Ledger, { dataset, contractKey, executionArn }: PlanRequest): Promise<PlanResponse> {
  for (;;) {
    const owner = await ledger.leases.acquire(dataset, executionArn, environment().LEASE_SECONDS, new Date());
    if (owner !== executionArn) return { outcome: "handed-over", leaseOwner: owner };
    const queue = await ledger.queue(dataset, MAX_FILES);
    if (queue.length > 0) return startRun(ledger, dataset, contractKey, executionArn, queue);
    await ledger.leases.release(dataset, executionArn);
    // A file may have been queued after this execution had looked at the queue, and its own execution turned away by the
    // lease that is released only now. No other execution would take it.
    if ((await ledger.queue(dataset, 1)).length === 0) return { outcome: "drained" };
  }
}

async function startRun(
  ledger: Ledger,
  dataset: string,
  contractKey: string,
  executionArn: string,
  queue: readonly QueueItem[],
): Promise<PlanResponse> {
  const variables = environment();
  const artifacts = variables.ARTIFACTS_BUCKET;
  const now = new Date();
  const contract = await mustReadContract(artifacts, contractKey);
  const selection = selectBatch(queue, contract, {
    lightMaxBytes: variables.LIGHT_MAX_BYTES,
    maxFiles: MAX_FILES,
  });
  await ledger.runs.supersede(dataset, executionArn, selection.superseded, selection.newest, now);
  // A bookmark may have advanced although its run was never committed: files of an earlier run are read whatever it says.
  const scheduled = selection.scheduled && !(await ledger.anyBegun(selection.items.map(({ file }) => file)));

  const runId = `${now.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;
  const folder = `runs/${dataset}/${runId}`;
  const batch: Batch = {
    runId,
    dataset,
    database: variables.DATABASE_NAME,
    contractKey,
    engine: selection.engine,
    scheduled,
    files: selection.items.map(({ file }) => file),
    bytes: selection.bytes,
    buckets: {
      raw: variables.RAW_BUCKET,
      processed: variables.PROCESSED_BUCKET,
      curated: variables.CURATED_BUCKET,
      quarantine: variables.QUARANTINE_BUCKET,
      artifacts,
    },
    manifestKey: `${folder}/manifest.json`,
  };
  const address = { bucket: artifacts, key: `${folder}/batch.json` };
  if (batch.scheduled) await writeMarkers(batch);
  await writeJson(address, batch);
  await ledger.runs.markRunning(
    batch.files,
    {
      pk: `run#${dataset}`,
      sk: runId,
      entity: "run",
      status: "RUN_STARTED",
      dataset,
      runId,
      engine: batch.engine,
      files: batch.files.length,
      bytes: batch.bytes,
      executionArn,
      startedAt: now.toISOString(),
      updatedAt: now.toISOString(),
    },
    now,
  );
  logger.info("run planned", { dataset, runId, engine: batch.engine, files: batch.files.length, bytes: batch.bytes });
  return {
    outcome: "run",
    runId,
    engine: batch.engine,
    batch: address,
    manifest: { bucket: artifacts, key: batch.manifestKey },
    jobName: contract.bookmarkJob ?? variables.ETL_JOB_NAME,
    scheduled: batch.scheduled,
    mayUseSpark: selection.mayUseSpark,
    files: batch.files.length,
    bytes: batch.bytes,
  };
}
