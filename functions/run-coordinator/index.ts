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

/** Files a run takes at most: keeps work orders and ledger transactions small. What is left comes next. */
const MAX_FILES = 1_000;
/** Runs that may fail whole before the search for the culprit begins. */
const WHOLE_BATCH_ATTEMPTS = 1;
/** Problems told in an error: Step Functions keeps 32 KiB of it. */
const MOST_PROBLEMS = 20;

const openLedger = (): Ledger => new Ledger(dynamodb(), environment().LEDGER_TABLE);

/** One run at a time a dataset, over all its waiting files; the ledger tells what became of each. */
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
        `action is ${JSON.stringify((request as { action?: unknown }).action)}: expected ready, plan, commit or fail`,
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
    // A file may have been queued, and its execution turned away by this lease, between the look at the queue and the
    // release. Nobody else would come for it.
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
  // A bookmark may have moved on although the run was never committed: what was begun before is read whatever it says.
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
  if (text === undefined) throw new NamedError("InvalidRequest", `there is no work order at ${s3Uri(address)}`);
  const batch = JSON.parse(text) as Batch;
  if (batch.runId !== runId) {
    throw new NamedError("InvalidRequest", `${s3Uri(address)} is the work order of run ${batch.runId}, not ${runId}`);
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
  const manifest = await believableManifest(batch, request.manifest);
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
  // At least once: told before the run is closed, so that a death in between repeats it rather than loses it.
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

/** The manifest, if it is there, agrees with the batch and itself, and every object it names exists. */
async function believableManifest(batch: Batch, address: ObjectAddress): Promise<Manifest> {
  const text = await readText(address);
  if (text === undefined) {
    throw new NamedError(
      "ManifestMissing",
      `run ${batch.runId} of ${batch.dataset} ended without a manifest at ${s3Uri(address)}: it did not do its work`,
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
  const more = problems.length > MOST_PROBLEMS ? [`and ${problems.length - MOST_PROBLEMS} more`] : [];
  throw new NamedError(
    "ManifestInvalid",
    `the manifest of run ${batch.runId} of ${batch.dataset} cannot be believed: ` +
      [...problems.slice(0, MOST_PROBLEMS), ...more].join("; "),
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
  const reason = `${request.error}: ${readable(request.cause)}`.slice(0, 1_000);
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
  // There is nothing of a withdrawal to keep in quarantine.
  const withdrawals = exhausted.filter(({ file }) => file.bucket === batch.buckets.artifacts);
  for (const entry of withdrawals) {
    await ledger.files.giveUp(
      entry,
      `${entry.verdict?.message}; given up after ${entry.attempts} attempts, and they are still there; the last time: ${reason}`,
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
        "Its header is in order. Look at the run's log, mend the file or the contract, and upload the file again.",
    },
  ];
}

/** What a Lambda function's failure says, out of the JSON Step Functions wraps it in. */
function readable(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    if (typeof errorMessage === "string") return errorMessage;
  } catch {
    // not JSON: it is the text itself
  }
  return cause;
}
