import { randomBytes } from "node:crypto";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import pMap from "p-map";
import type {
  Batch,
  CommitRequest,
  CommitResponse,
  FailRequest,
  FailResponse,
  FileStatus,
  Manifest,
  PlanRequest,
  PlanResponse,
  ReadyRequest,
  Verdict,
} from "../../contracts/flow";
import { dynamodb, events } from "../shared/aws";
import { mustReadContract } from "../shared/contracts";
import { NamedError } from "../shared/errors";
import { batchFile, Ledger, leaseLost, type LedgerEntry, type QueueItem } from "../shared/ledger";
import { lambdaHandler, logger, record } from "../shared/observability";
import { head, type ObjectAddress, readText, s3Uri, writeJson } from "../shared/s3";
import { selectBatch } from "./engine";
import { environment } from "./environment";
import { contradictions, identity, outcomesOf, parseManifest } from "./manifest";

type Request = ReadyRequest | PlanRequest | CommitRequest | FailRequest;
export interface ReadyResponse {
  readonly status: FileStatus;
}
type Response = ReadyResponse | PlanResponse | CommitResponse | FailResponse;

/** The largest number of files in a run, which keeps work orders small. The next run takes the rest. */
const MAX_FILES = 1_000;
/** The number of runs that may fail with a whole batch before smaller ones look for the file that causes the failure. */
const WHOLE_BATCH_ATTEMPTS = 1;
/** The number of problems in an error: Step Functions keeps 32 KiB of it. */
const MAX_PROBLEMS = 20;

const openLedger = (): Ledger => new Ledger(dynamodb(), environment().LEDGER_TABLE);

/** Runs a dataset once at a time, over all its waiting files, and records in the ledger what became of each. */
export const handler = lambdaHandler(environment, async (request: Request): Promise<Response> => {
  switch (request.action) {
    case "ready":
      return ready(request);
    case "plan":
      return plan(request);
    case "commit":
      return commit(request);
    case "fail":
      return fail(request);
    default:
      throw new NamedError(
        "InvalidRequest",
        `action is ${JSON.stringify((request as { action?: unknown }).action)}; allowed: ready, plan, commit, fail`,
      );
  }
});

async function ready({ verdict, executionArn }: ReadyRequest): Promise<ReadyResponse> {
  return { status: await openLedger().files.markReady(verdict, batchFile(verdict), executionArn, new Date()) };
}

async function plan({ dataset, contractKey, executionArn }: PlanRequest): Promise<PlanResponse> {
  const ledger = openLedger();
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
  await ledger.files.supersede(selection.superseded, selection.newest, now);
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
    files: batch.files.length,
    bytes: batch.bytes,
  };
}

async function readBatch(address: ObjectAddress, runId: string): Promise<Batch> {
  const text = await readText(address);
  if (text === undefined) throw new NamedError("InvalidRequest", `There is no work order at ${s3Uri(address)}.`);
  const batch = JSON.parse(text) as Batch;
  if (batch.runId !== runId) {
    throw new NamedError("InvalidRequest", `${s3Uri(address)} is the work order of run ${batch.runId}, not ${runId}.`);
  }
  return batch;
}

async function commit(request: CommitRequest): Promise<CommitResponse> {
  const { dataset, runId, executionArn } = request;
  const ledger = openLedger();
  const before = await ledger.run(dataset, runId);
  if (before?.status === "RUN_SUCCEEDED" && before.result) return before.result;

  if (!(await ledger.leases.renew(dataset, executionArn, environment().LEASE_SECONDS, new Date()))) {
    throw leaseLost(dataset, (await ledger.lease(dataset))?.owner);
  }
  const batch = await readBatch(request.batch, runId);
  const manifest = await checkedManifest(batch, request.manifest);
  const outcomes = outcomesOf(manifest);
  const files = batch.files.flatMap((file) => {
    const outcome = outcomes.get(identity(file));
    return outcome ? [{ file, outcome }] : [];
  });
  await ledger.runs.markDone(dataset, executionArn, runId, files, new Date());

  const result: CommitResponse = {
    status: "succeeded",
    dataset,
    runId,
    ...manifest.totals,
    files: files.length,
  };
  // The event is sent at least once: it comes before the end of the run, so that a death in between repeats it.
  await announce(batch, manifest, result);
  await ledger.runs.end(dataset, runId, { result }, new Date());
  record(dataset, {
    FilesIngested: files.filter(({ file, outcome }) => file.bucket === batch.buckets.raw && !outcome.superseded).length,
    RowsIn: result.rowsIn,
    RowsOut: result.rowsOut,
    RowsRejected: result.rowsRejected,
    RunSeconds: Math.max(0, (Date.parse(manifest.finishedAt) - Date.parse(manifest.startedAt)) / 1000) || 0,
  });
  logger.info("run committed", { ...result });
  return result;
}

/** Reads the manifest, and fails unless it agrees with the batch and with itself and every object in it exists. */
async function checkedManifest(batch: Batch, address: ObjectAddress): Promise<Manifest> {
  const text = await readText(address);
  if (text === undefined) {
    throw new NamedError(
      "ManifestMissing",
      `Run ${batch.runId} of ${batch.dataset} ended without a manifest at ${s3Uri(address)}: it did not do its work.`,
    );
  }
  const manifest = parseManifest(text);
  const problems = "problems" in manifest ? [...manifest.problems] : contradictions(batch, manifest);
  if (!("problems" in manifest)) {
    const kept = manifest.files.flatMap(({ rejects }) => (rejects === undefined ? [] : [rejects]));
    const objects = [
      ...manifest.outputs,
      ...kept.map((key) => ({ bucket: batch.buckets.quarantine, key, bytes: undefined })),
    ];
    const missing = await pMap(
      objects,
      async (object) => {
        const found = await head(object);
        if (!found) return `${s3Uri(object)} does not exist`;
        if (object.bytes !== undefined && found.ContentLength !== object.bytes) {
          return `${s3Uri(object)} has ${found.ContentLength} bytes, not ${object.bytes}`;
        }
        return undefined;
      },
      { concurrency: 32 },
    );
    problems.push(...missing.filter((problem) => problem !== undefined));
    if (problems.length === 0) return manifest;
  }
  const more = problems.length > MAX_PROBLEMS ? [`and ${problems.length - MAX_PROBLEMS} more`] : [];
  throw new NamedError(
    "ManifestInvalid",
    `The manifest of run ${batch.runId} of ${batch.dataset} is not consistent: ` +
      [...problems.slice(0, MAX_PROBLEMS), ...more].join("; "),
  );
}

async function announce(batch: Batch, manifest: Manifest, result: CommitResponse): Promise<void> {
  const bus = environment().EVENT_BUS_NAME;
  const tables = [...new Set([batch.dataset, ...manifest.partitions.map(({ table }) => table)])];
  const answer = await events().send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: "dataplatform.ingestion",
          DetailType: "Dataset updated",
          Detail: JSON.stringify({
            environment: environment().PLATFORM_ENVIRONMENT,
            database: batch.database,
            tables,
            engine: batch.engine,
            ...result,
          }),
        },
      ],
    }),
  );
  const [entry] = answer.Entries ?? [];
  if ((answer.FailedEntryCount ?? 0) > 0) {
    throw new NamedError("TransientError", `event bus ${bus}: ${entry?.ErrorCode ?? ""} ${entry?.ErrorMessage ?? ""}`);
  }
}

async function fail(request: FailRequest): Promise<FailResponse> {
  const { dataset, runId } = request;
  const ledger = openLedger();
  const batch = await readBatch(request.batch, runId);
  const reason = `${request.error}: ${readable(request.cause)}`.slice(0, 1_000).replace(/\.$/, "");
  const size = batch.files.length;
  const returned = await ledger.runs.putBack(
    dataset,
    runId,
    batch.files,
    {
      reason,
      batchLimit: (attempts) => (attempts > WHOLE_BATCH_ATTEMPTS ? Math.max(1, Math.floor(size / 2)) : undefined),
    },
    new Date(),
  );
  await ledger.runs.end(dataset, runId, { error: reason }, new Date());
  // Only a file that failed alone is known to be the cause.
  const exhausted = returned.filter(({ attempts }) => size === 1 && (attempts ?? 0) >= environment().MAX_ATTEMPTS);
  // A withdrawal's file is the platform's own: there is nothing to keep in quarantine.
  const withdrawals = exhausted.filter(({ file }) => file.bucket === batch.buckets.artifacts);
  for (const entry of withdrawals) {
    await ledger.files.giveUp(
      entry,
      `${entry.verdict?.message}; given up after ${entry.attempts} attempts, and the rows are still there; the last time: ${reason}`,
      new Date(),
    );
  }
  record(dataset, { FailedRuns: 1, ...(withdrawals.length > 0 ? { AbandonedFiles: withdrawals.length } : {}) });
  logger.warn("run failed", { dataset, runId, files: size, requeued: returned.length - exhausted.length, reason });
  return {
    requeued: returned.length - exhausted.length,
    exhausted: exhausted.flatMap((entry) => (withdrawals.includes(entry) ? [] : engineFailed(entry, reason))),
  };
}

function engineFailed(entry: LedgerEntry, reason: string): Verdict[] {
  if (!entry.verdict) return [];
  return [
    {
      ...entry.verdict,
      status: "invalid",
      reason: "engine-failed",
      message:
        `The engine failed ${entry.attempts} times on this file; the last time: ${reason}. ` +
        "Its header is in order. Look at the run's log, correct the file or the contract, and upload the file again.",
    },
  ];
}

/** Finds the message of a Lambda function's failure in the JSON that Step Functions wraps it in. */
function readable(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    if (typeof errorMessage === "string") return errorMessage;
  } catch {
    // The cause is not JSON: it is the message itself.
  }
  return cause;
}
