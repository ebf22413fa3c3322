import pMap from "p-map";
import type { BatchFile, CommitResponse, FileOutcome, FileRef, FileStatus } from "../../../contracts/flow";
import { chunks } from "../chunks";
import { NamedError } from "../errors";
import { all, any, type Condition, differs, equals, itemExists } from "./expression";
import { described, leaveQueue } from "./files";
import {
  fileKey,
  keyOf,
  keyText,
  type LedgerEntry,
  type QueueItem,
  queuePk,
  type RunItem,
  runKey,
  type RunStatus,
} from "./items";
import type { Leases } from "./lease";
import { type Action, type LedgerTable, PARALLEL } from "./table";

/** TransactWriteItems takes 100 actions, and the check of the lease is one. */
const ACTIONS_WITH_LEASE = 99;

/** Runs, and what they do to the files of their batch. */
export class Runs {
  constructor(
    private readonly table: LedgerTable,
    private readonly leases: Leases,
  ) {}

  /** Records that a run works on the files of its batch. The caller must have the dataset's lease. */
  async markRunning(files: readonly BatchFile[], run: RunItem, now: Date): Promise<void> {
    await this.table.put(run);
    const began = (file: BatchFile): Action =>
      this.table.action.update(fileKey(file), {
        set: { status: "RUNNING" satisfies FileStatus, runId: run.runId, updatedAt: now.toISOString() },
        remove: ["failedRunId"],
        when: any(equals("status", "READY"), equals("status", "RUNNING")),
      });
    await this.leases.whileOwned(
      run.dataset,
      run.executionArn,
      chunks(files, ACTIONS_WITH_LEASE).map((chunk) => chunk.map(began)),
    );
  }

  /** Leaves out older versions of keys whose newer version waits too. The caller must have the dataset's lease. */
  async supersede(
    dataset: string,
    executionArn: string,
    items: readonly QueueItem[],
    by: ReadonlyMap<string, string>,
    now: Date,
  ): Promise<void> {
    const leftOut = (item: QueueItem): Action[] => [
      this.table.action.update(fileKey(item.file), {
        set: {
          status: "SUPERSEDED" satisfies FileStatus,
          updatedAt: now.toISOString(),
          reason: `A newer version of the key was uploaded: ${by.get(item.file.sourceId) ?? "unknown"}.`,
        },
        remove: ["queuedAs"],
      }),
      this.table.action.delete(keyOf(item)),
    ];
    await this.leases.whileOwned(dataset, executionArn, inTransactions(items, leftOut));
  }

  /**
   * Records that the files of a run are done: each leaves the queue in the transaction that says so. Files that this run has
   * already finished are left alone, so that a second call completes a first one.
   */
  async markDone(
    dataset: string,
    executionArn: string,
    runId: string,
    files: readonly { readonly file: BatchFile; readonly outcome: FileOutcome }[],
    now: Date,
  ): Promise<void> {
    const known = await this.entries(files.map(({ file }) => file));
    const entryOf = (file: FileRef): LedgerEntry | undefined => known.get(keyText(fileKey(file)));
    const open = files.filter(({ file }) => {
      const entry = entryOf(file);
      if (entry?.runId !== runId) throw notOfRun(file, runId, entry);
      if (entry.status === "DONE" || entry.status === "SUPERSEDED") return false;
      if (entry.status !== "RUNNING") throw notOfRun(file, runId, entry);
      return true;
    });
    const done = ({ file, outcome }: (typeof open)[number]): Action[] => {
      const { superseded, rowsIn, rowsOut, rowsRejected } = outcome;
      return [
        this.table.action.update(fileKey(file), {
          set: {
            status: (superseded ? "SUPERSEDED" : "DONE") satisfies FileStatus,
            updatedAt: now.toISOString(),
            rowsIn,
            rowsOut,
            rowsRejected,
            reason: superseded ? "A newer version of the key had been written before." : undefined,
          },
          ...(superseded ? { remove: ["queuedAs"] } : { increase: { attempts: 1 }, remove: ["queuedAs", "reason"] }),
          when: isRunning(runId),
        }),
        leaveQueue(this.table, dataset, entryOf(file)?.queuedAs),
      ];
    };
    await this.leases.whileOwned(dataset, executionArn, inTransactions(open, done));
  }

  /**
   * Puts the files of a failed run back into the queue. The failure counts as an attempt only where the data is to blame; a
   * fault is counted apart from attempts. Returns each file with its figures, also those that an earlier call put back. Files
   * that another run has taken over since are left alone and left out.
   */
  async putBack(
    dataset: string,
    runId: string,
    files: readonly BatchFile[],
    failure: {
      readonly reason: string;
      readonly counts: boolean;
      readonly isFault?: boolean;
      /** The largest number of files of the next run, by the failures so far. */
      readonly batchLimit?: (failures: number) => number | undefined;
    },
    now: Date,
  ): Promise<LedgerEntry[]> {
    const known = await this.entries(files);
    const returned = await pMap(
      files,
      async (file): Promise<LedgerEntry | undefined> => {
        const entry = known.get(keyText(fileKey(file)));
        if (entry?.status === "READY" && entry.failedRunId === runId) return entry;
        if (entry?.status !== "RUNNING" || entry.runId !== runId || entry.queuedAs === undefined) return undefined;
        const attempts = (entry.attempts ?? 0) + (failure.counts ? 1 : 0);
        const faults = (entry.faults ?? 0) + (failure.isFault ? 1 : 0);
        const change = { status: "READY", attempts, faults, reason: failure.reason, failedRunId: runId } as const;
        const shrinks = failure.counts || failure.isFault;
        const put = await this.table.transact([
          this.table.action.update(fileKey(file), {
            set: { ...change, updatedAt: now.toISOString() },
            when: isRunning(runId),
          }),
          this.table.action.update(
            { pk: queuePk(dataset), sk: entry.queuedAs },
            {
              set: { attempts, faults, batchLimit: shrinks ? failure.batchLimit?.(attempts + faults) : undefined },
              when: itemExists,
            },
          ),
        ]);
        return put ? { ...entry, ...change } : undefined;
      },
      { concurrency: PARALLEL },
    );
    return returned.filter((entry) => entry !== undefined);
  }

  /** Records how a run ended. A run that has succeeded stays so. */
  async end(
    dataset: string,
    runId: string,
    end: { readonly result: CommitResponse } | { readonly error: string },
    now: Date,
  ): Promise<void> {
    const status: RunStatus = "result" in end ? "RUN_SUCCEEDED" : "RUN_FAILED";
    await this.table.update(runKey(dataset, runId), {
      set: { status, ...end, updatedAt: now.toISOString() },
      when: all(itemExists, differs("status", "RUN_SUCCEEDED" satisfies RunStatus)),
    });
  }

  /** The ledger's entries of files, by `keyText`. */
  private async entries(files: readonly FileRef[]): Promise<Map<string, LedgerEntry>> {
    return this.table.getAll<LedgerEntry>(files.map(fileKey));
  }
}

/** The transactions that change files and their queue items: two actions a file. */
const inTransactions = <T>(files: readonly T[], actionsOf: (file: T) => readonly Action[]): Action[][] =>
  chunks(files, Math.floor(ACTIONS_WITH_LEASE / 2)).map((chunk) => chunk.flatMap(actionsOf));

const isRunning = (runId: string): Condition => all(equals("status", "RUNNING"), equals("runId", runId));

const notOfRun = (file: FileRef, runId: string, entry: LedgerEntry | undefined): NamedError =>
  new NamedError(
    "LedgerConflict",
    `${described(file)} is not RUNNING in run ${runId} but ${
      entry ? `${entry.status} in run ${entry.runId ?? "none"}` : "unknown to the ledger"
    }.`,
  );
