import { ATTENTION_INDEX, type AttentionStatus, type FileRef, type FileStatus } from "../../../contracts/flow";
import { all, equals, isBelow } from "./expression";
import {
  attentionKeys,
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

/** The number of items that one request reads of each of sixteen lists. */
const PAGE = 100;

/** Takes the first items of a sequence. */
async function firstOf<T>(items: AsyncIterable<T>, limit: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length >= limit) break;
  }
  return taken;
}

/** Merges sequences that are in order. */
async function* merged<T>(lists: readonly AsyncGenerator<T>[], isBefore: (a: T, b: T) => boolean): AsyncGenerator<T> {
  const heads = await Promise.all(lists.map(async (list) => ({ list, head: await list.next() })));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const candidate of heads) {
      if (candidate.head.done) continue;
      if (first === undefined || isBefore(candidate.head.value, first.head.value as T)) first = candidate;
    }
    if (first === undefined) return;
    yield first.head.value as T;
    first.head = await first.list.next();
  }
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
    return [...known.values()].some(
      ({ status, attempts, failedRunId }) => status === "RUNNING" || (attempts ?? 0) > 0 || failedRunId !== undefined,
    );
  }

  /** All versions of a key that the ledger knows. */
  async versions(file: Pick<FileRef, "bucket" | "key">): Promise<LedgerEntry[]> {
    const ofKey = equals("pk", filePk(file));
    return firstOf(this.table.items<LedgerEntry>(ofKey, { ConsistentRead: true }), Infinity);
  }

  /**
   * The files in a state that needs attention, those unchanged for longest first unless `newestFirst`, page by page. The index
   * lags behind the table by a moment.
   */
  needingAttention(
    status: AttentionStatus,
    options: { readonly updatedBefore?: string; readonly newestFirst?: boolean } = {},
  ): AsyncGenerator<LedgerEntry> {
    const { updatedBefore, newestFirst = false } = options;
    const lists = attentionKeys(status).map((key) => {
      const listed = equals("attention", key);
      return this.table.items<LedgerEntry>(updatedBefore ? all(listed, isBelow("updatedAt", updatedBefore)) : listed, {
        IndexName: ATTENTION_INDEX.name,
        ScanIndexForward: !newestFirst,
        Limit: PAGE,
      });
    });
    return merged(lists, (a, b) => a.updatedAt < b.updatedAt !== newestFirst);
  }

  /** The number of files or runs in each state. It reads the whole table, so that it is for small ones. */
  async counts(): Promise<ReadonlyMap<FileStatus | RunStatus, number>> {
    const counts = new Map<FileStatus | RunStatus, number>();
    for await (const value of this.table.values("status")) {
      const status = value as FileStatus | RunStatus;
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    return counts;
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
