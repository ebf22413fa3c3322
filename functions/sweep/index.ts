import { createHash } from "node:crypto";
import { DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import pMap from "p-map";
import { dynamodb, stepFunctions } from "../shared/aws";
import { readContract } from "../shared/contracts";
import { blameOfReason } from "../shared/blame";
import { isNamed } from "../shared/errors";
import { type DatasetItem, Ledger, type LedgerEntry } from "../shared/ledger";
import { lambdaHandler, logger, record } from "../shared/observability";
import { UNKNOWN_DATASET } from "../shared/files";
import { environment } from "./environment";

/** The number of claimed files that one sweep looks at; the next one goes on. */
const MAX_FILES = 200;
const PARALLEL = 10;
/** The longest name that Step Functions takes. */
const MAX_NAME_LENGTH = 80;

export interface SweepResponse {
  /** The datasets for whose waiting files an execution was started. */
  readonly started: readonly string[];
  /** The number of claimed files whose execution had died and that got a new one. */
  readonly redriven: number;
  /** The number of claimed files given up after too many executions. */
  readonly failed: number;
}

/**
 * Takes up what dead executions left behind: files that wait or are RUNNING although no execution has their dataset's lease, and
 * files that were claimed but never judged. Two sweeps may run at once: executions are named after what they do.
 */
export const handler = lambdaHandler(environment, async (_: unknown, variables): Promise<SweepResponse> => {
  const staleAfter = variables.STALE_AFTER_SECONDS;
  const tick: Tick = {
    now: new Date(),
    staleAfter,
    staleBefore: new Date(Date.now() - staleAfter * 1000).toISOString(),
    ledger: new Ledger(dynamodb(), variables.LEDGER_TABLE),
    stateMachineArn: variables.STATE_MACHINE_ARN,
    artifacts: variables.ARTIFACTS_BUCKET,
    maxAttempts: variables.MAX_ATTEMPTS,
  };
  const started = await sweepDatasets(tick);
  const claimed = await sweepClaimed(tick);
  const result = { started, ...claimed };
  logger.info("sweep ended", { ...result });
  return result;
});

interface Tick {
  readonly now: Date;
  readonly staleAfter: number;
  readonly staleBefore: string;
  readonly ledger: Ledger;
  readonly stateMachineArn: string;
  readonly artifacts: string;
  readonly maxAttempts: number;
}

async function sweepDatasets(tick: Tick): Promise<string[]> {
  const datasets: DatasetItem[] = [];
  for await (const dataset of tick.ledger.datasets.all()) datasets.push(dataset);
  const started = await pMap(datasets, (dataset) => sweepDataset(tick, dataset), { concurrency: PARALLEL });
  return started.filter((dataset) => dataset !== undefined).sort();
}

/** Looks at a dataset by the file that has waited for longest, however many wait. Returns the dataset if it was started. */
async function sweepDataset(tick: Tick, { sk: dataset, trigger }: DatasetItem): Promise<string | undefined> {
  const [oldest] = await tick.ledger.queue(dataset, 1);
  // The sort key begins with the time at which the file began to wait.
  if (oldest === undefined || oldest.sk >= tick.staleBefore) return undefined;
  // This also releases the lease of a dead execution, which must not turn away the next run of a scheduled dataset.
  if (await isBeingRun(tick, dataset)) return undefined;
  // A scheduled dataset's next run takes all that an earlier run left in the queue. The contract decides: it may have lost its
  // schedule since the last file came, and no schedule would start a run any more.
  const contract = await readContract(tick.artifacts, oldest.contractKey);
  if ((contract?.trigger.kind ?? trigger) === "schedule") return undefined;
  const arn = await start(tick, "sweep", dataset, { sweep: true, dataset, contractKey: oldest.contractKey });
  if (arn === undefined) return undefined;
  record(dataset, { SweptDatasets: 1 });
  return dataset;
}

/** Tells whether an execution is working on the dataset. The lease of an execution that has ended is released. */
async function isBeingRun({ ledger, now }: Tick, dataset: string): Promise<boolean> {
  const lease = await ledger.lease(dataset);
  if (!lease || lease.expiresAt < Math.floor(now.getTime() / 1000)) return false;
  if (await isRunning(lease.owner)) return true;
  await ledger.leases.release(dataset, lease.owner);
  logger.warn("lease of a dead execution released", { dataset, owner: lease.owner });
  return false;
}

async function isRunning(executionArn: string | undefined): Promise<boolean> {
  if (executionArn === undefined) return false;
  try {
    const { status } = await stepFunctions().send(new DescribeExecutionCommand({ executionArn }));
    return status === "RUNNING" || status === "PENDING_REDRIVE";
  } catch (error) {
    if (isNamed(error, "ExecutionDoesNotExist", "InvalidArn")) return false;
    throw error;
  }
}

async function sweepClaimed(tick: Tick): Promise<{ redriven: number; failed: number }> {
  const stale: LedgerEntry[] = [];
  for await (const entry of tick.ledger.needingAttention("CLAIMED", { updatedBefore: tick.staleBefore })) {
    stale.push(entry);
    if (stale.length >= MAX_FILES) break;
  }
  const done = await pMap(
    stale,
    async (entry): Promise<"redriven" | "failed" | undefined> => {
      if (await isRunning(entry.executionArn)) {
        await tick.ledger.files.postpone(entry, tick.now);
        return undefined;
      }
      const dataset = entry.dataset ?? UNKNOWN_DATASET;
      // While a permission is missing or AWS is busy, no file is given up: it is none of the file's faults.
      const blame = entry.reason === undefined ? "fault" : blameOfReason(entry.reason);
      const counts = blame === "fault";
      if (counts && (entry.redrives ?? 0) >= tick.maxAttempts) {
        const reason = `no execution judged the file in ${1 + (entry.redrives ?? 0)} attempts${entry.reason ? `; the last: ${entry.reason}` : ""}`;
        if (!(await tick.ledger.files.markFailed(entry, reason, tick.now))) return undefined;
        record(dataset, { AbandonedFiles: 1 });
        return "failed";
      }
      const arn = await start(tick, "redrive", `${entry.pk} ${entry.sk}`, { redrive: entry.file });
      if (arn === undefined || !(await tick.ledger.files.markRedriven(entry, arn, counts, tick.now))) return undefined;
      record(dataset, { RedrivenFiles: 1 });
      return "redriven";
    },
    { concurrency: PARALLEL },
  );
  const count = (what: string): number => done.filter((one) => one === what).length;
  return { redriven: count("redriven"), failed: count("failed") };
}

/**
 * Starts an execution whose name holds its purpose and the current span of time, so that a second sweep in the same span starts
 * none. Undefined when an execution of that name exists.
 */
async function start(tick: Tick, purpose: string, subject: string, input: unknown): Promise<string | undefined> {
  const span = Math.floor(tick.now.getTime() / 1000 / tick.staleAfter);
  const digest = createHash("sha256").update(subject).digest("hex").slice(0, 16);
  const readable = /^[A-Za-z0-9_-]+$/.test(subject) ? subject : "file";
  const tail = `-${digest}-${span}`;
  const name = `${purpose}-${readable}`.slice(0, MAX_NAME_LENGTH - tail.length) + tail;
  try {
    const answer = await stepFunctions().send(
      new StartExecutionCommand({ stateMachineArn: tick.stateMachineArn, name, input: JSON.stringify(input) }),
    );
    return answer.executionArn;
  } catch (error) {
    if (isNamed(error, "ExecutionAlreadyExists")) return undefined;
    throw error;
  }
}
