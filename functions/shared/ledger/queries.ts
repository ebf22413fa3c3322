import type { FileRef, FileStatus } from "../../../contracts/flow";
import { all, equals, isBelow } from "./expression";
import {
  fileKey,
  filePk,
  type Lease,
  type LedgerEntry,
  leaseKey,
  type QueueItem,
  queuePk,
  runKey,
  type RunItem,
  runPk,
  type RunStatus,
} from "./items";
import type { LedgerTable } from "./table";

const BY_STATUS = { IndexName: "by-status" } as const;

/** Takes the first items of a sequence. */
async function firstOf<T>(items: AsyncIterable<T>, limit: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length >= limit) break;
  }
  return taken;
}

/** What the ledger knows. */
export class LedgerQueries {
  constructor(protected readonly table: LedgerTable) {}

  /** One version of one file. */
  async file(file: FileRef): Promise<LedgerEntry | undefined> {
    return this.table.get<LedgerEntry>(fileKey(file));
  }

  /** Was a run of any of these queued files ever started, whatever became of it? */
  async anyBegun(files: readonly FileRef[]): Promise<boolean> {
    const known = await this.table.getAll<LedgerEntry>(files.map(fileKey));
    return [...known.values()].some(({ status, attempts }) => status === "RUNNING" || (attempts ?? 0) > 0);
  }

  /** All versions of a key that the ledger knows. */
  async versions(file: Pick<FileRef, "bucket" | "key">): Promise<LedgerEntry[]> {
    const ofKey = equals("pk", filePk(file));
    return firstOf(this.table.items<LedgerEntry>(ofKey, { ConsistentRead: true }), Infinity);
  }

  /** The files in a state, those unchanged for longest first, page by page. The index lags behind the table by a moment. */
  byStatus(
    status: FileStatus,
    options: { readonly updatedBefore?: string; readonly newestFirst?: boolean } = {},
  ): AsyncGenerator<LedgerEntry> {
    const { updatedBefore, newestFirst } = options;
    const inState = equals("status", status);
    return this.table.items<LedgerEntry>(updatedBefore ? all(inState, isBelow("updatedAt", updatedBefore)) : inState, {
      ...BY_STATUS,
      ScanIndexForward: !newestFirst,
    });
  }

  /** The number of files or runs in a state. */
  async count(status: FileStatus | RunStatus): Promise<number> {
    let total = 0;
    for await (const page of this.table.pages(equals("status", status), { ...BY_STATUS, Select: "COUNT" })) {
      total += page.Count ?? 0;
    }
    return total;
  }

  /** The latest runs of a dataset, newest first. */
  async latestRuns(dataset: string, limit: number): Promise<RunItem[]> {
    const newestFirst = { ScanIndexForward: false, Limit: limit };
    return firstOf(this.table.items<RunItem>(equals("pk", runPk(dataset)), newestFirst), limit);
  }

  async run(dataset: string, runId: string): Promise<RunItem | undefined> {
    return this.table.get<RunItem>(runKey(dataset, runId));
  }

  async lease(dataset: string): Promise<Lease | undefined> {
    return this.table.get<Lease>(leaseKey(dataset));
  }

  /** What waits for a run, oldest first. The read is consistent: it sees all that was written before. */
  async queue(dataset: string, limit: number): Promise<QueueItem[]> {
    const waiting = this.table.items<QueueItem>(equals("pk", queuePk(dataset)), { ConsistentRead: true, Limit: limit });
    return firstOf(waiting, limit);
  }
}
