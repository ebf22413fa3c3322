import type { Blame, FailRequest, FailResponse, Verdict } from "../../contracts/flow";
import type { Ledger, LedgerEntry } from "../shared/ledger";
import { logger, type MetricName, record } from "../shared/observability";
import { blameOf, mayStillRun, outgrew } from "../shared/blame";
import { environment } from "./environment";
import { readBatch } from "./work-order";

/** The number of runs that may fail with a whole batch before smaller ones look for the file that causes the failure. */
const WHOLE_BATCH_FAILURES = 1;

/** The number of faults of a file after which its dataset no longer waits with it. */
const FAULTS_BEFORE_LEAVING = 3;
/** The number of waiting files that are looked at to see whether all of them have failed by faults. */
const MAX_FILES = 1_000;

/** What an uploader has to know: with another contract, Spark would have run the file. */
const TOO_LARGE =
  "the file is too large for the light engine, which its contract demands; split it, or let Spark run it with engine: auto: ";

/** The figure that counts a failed run, by what it failed for. */
const FIGURES: Readonly<Record<Blame, MetricName>> = {
  data: "FailedRuns",
  busy: "BusyRuns",
  denied: "DeniedRuns",
  fault: "FaultyRuns",
};

/**
 * Puts the files of a failed run back into the queue. Where the data is to blame, the attempt counts, and the files that have
 * failed too often are named. The lease is renewed, because the execution now waits before it tries again.
 */
export async function fail(ledger: Ledger, request: FailRequest): Promise<FailResponse> {
  const { dataset, runId, executionArn } = request;
  const batch = await readBatch(request.batch, runId);
  const blame = blameOf(request);
  const tooLarge = outgrew(request) ? TOO_LARGE : "";
  const reason = `${tooLarge}${request.error}: ${readable(request.cause)}`.slice(0, 1_000).replace(/\.$/, "");
  const size = batch.files.length;
  const returned = await ledger.runs.putBack(
    dataset,
    runId,
    batch.files,
    {
      reason,
      counts: blame === "data",
      // A fault may be one that a single file brings about: it fails apart from the others, and after them.
      isFault: blame === "fault",
      batchLimit: (failures) => (failures > WHOLE_BATCH_FAILURES ? Math.max(1, Math.floor(size / 2)) : undefined),
    },
    new Date(),
  );
  await ledger.runs.end(dataset, runId, { error: reason }, new Date());
  await ledger.leases.renew(dataset, executionArn, environment().LEASE_SECONDS, new Date());
  // Only a file that failed alone is known to be the cause.
  const exhausted = returned.filter(
    ({ attempts }) => blame === "data" && size === 1 && (attempts ?? 0) >= environment().MAX_ATTEMPTS,
  );
  // A withdrawal's file is the platform's own: there is nothing to keep in quarantine.
  const withdrawals = exhausted.filter(({ file }) => file.bucket === batch.buckets.artifacts);
  for (const entry of withdrawals) {
    await ledger.files.giveUp(
      entry,
      `${entry.verdict?.message}; given up after ${entry.attempts} attempts, and the rows are still there; the last time: ${reason}`,
      new Date(),
    );
  }
  record(dataset, { [FIGURES[blame]]: 1, ...(withdrawals.length > 0 ? { AbandonedFiles: withdrawals.length } : {}) });
  const requeued = returned.length - exhausted.length;
  logger.warn("run failed", { dataset, runId, task: request.task, blame, files: size, requeued, reason });
  const still = mayStillRun(request);
  return {
    blame,
    mayStillRun: still,
    next: blame === "data" ? "retry" : blame === "fault" && !still ? await afterFault(ledger, dataset) : "wait",
    requeued,
    exhausted: exhausted.flatMap((entry) => (withdrawals.includes(entry) ? [] : engineFailed(entry, reason))),
  };
}

/**
 * After a fault, the files without one run at once. A dataset whose waiting files have all failed so several times is left to the
 * sweep: an execution that waited with the lease would keep the files waiting that arrive meanwhile.
 */
async function afterFault(ledger: Ledger, dataset: string): Promise<FailResponse["next"]> {
  const least = Math.min(...(await ledger.queue(dataset, MAX_FILES)).map(({ faults = 0 }) => faults));
  return least === 0 ? "retry" : least >= FAULTS_BEFORE_LEAVING ? "leave" : "wait";
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
