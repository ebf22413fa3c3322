import type { BatchFile, FileRef, FileStatus, Verdict } from "../../../contracts/flow";
import { NamedError } from "../errors";
import { sourceId } from "../files";
import type { Datasets } from "./datasets";
import { all, any, type Change, equals } from "./expression";
import { withAttention, fileKey, keyOf, type LedgerEntry, type QueueItem, queuePk, type Requeued } from "./items";
import type { Action, LedgerTable } from "./table";

/** The states of a file outside its runs. */
export class Files {
  constructor(
    private readonly table: LedgerTable,
    private readonly datasets: Datasets,
  ) {}

  /**
   * Makes a claimed file READY and queues it, in one transaction. A second call finds it further on and changes nothing.
   * Returns the state that the file is in now.
   */
  async markReady(verdict: Verdict, batchFile: BatchFile, executionArn: string, now: Date): Promise<FileStatus> {
    const { file, dataset, contractKey } = verdict;
    if (dataset === undefined || contractKey === undefined) {
      throw new NamedError(
        "InvalidRequest",
        `A valid verdict names its dataset and its contract; the verdict on ${file.key} does not.`,
      );
    }
    await this.datasets.remember(dataset, verdict.trigger);
    const waiting = { dataset, contractKey, file: batchFile, verdict };
    const queued = await this.table.transact(
      this.enqueue(waiting, executionArn, now, {
        remove: ["reason"],
        // A file that was left alone is taken when its dataset has a contract and its execution is started again.
        when: any(equals("status", "CLAIMED"), equals("status", "FAILED"), equals("status", "UNCLAIMED")),
      }),
    );
    return queued ? "READY" : this.statusOf(file);
  }

  /** Records that a claimed file belongs to no dataset and stays where it is. Returns the state that the file is in now. */
  async markUnclaimed(verdict: Verdict, executionArn: string, now: Date): Promise<FileStatus> {
    const state = withAttention("UNCLAIMED", verdict.file);
    const marked = await this.table.update(fileKey(verdict.file), {
      set: { ...state, reason: verdict.message, verdict, executionArn, updatedAt: now.toISOString() },
      when: any(equals("status", "CLAIMED"), equals("status", "FAILED"), equals("status", state.status)),
    });
    return marked ? state.status : this.statusOf(verdict.file);
  }

  private async statusOf(file: FileRef): Promise<FileStatus> {
    const known = await this.table.get<LedgerEntry>(fileKey(file));
    if (known) return known.status;
    throw new NamedError("LedgerConflict", `The ledger does not know ${described(file)}.`);
  }

  /**
   * Records that a file is in quarantine; if it waited for a run, it no longer does. What has to run in its place waits from
   * that very moment. A second call queues nothing.
   */
  async markQuarantined(
    verdict: Verdict,
    quarantinedTo: string,
    executionArn: string,
    now: Date,
    requeued?: Requeued,
  ): Promise<void> {
    if (requeued) await this.datasets.remember(requeued.dataset, requeued.verdict.trigger);
    const known = await this.table.get<LedgerEntry>(fileKey(verdict.file));
    await this.table.transact([
      this.table.action.update(fileKey(verdict.file), {
        set: {
          ...withAttention("QUARANTINED", verdict.file),
          updatedAt: now.toISOString(),
          verdict,
          reason: `${verdict.reason ?? "invalid"}: ${verdict.message ?? ""}`,
          quarantinedTo,
          executionArn,
          entity: "file",
          file: verdict.file,
          dataset: verdict.dataset,
        },
        setOnce: { claimedAt: now.toISOString() },
        remove: ["queuedAs"],
      }),
      ...(known?.queuedAs !== undefined && known.dataset !== undefined
        ? [leaveQueue(this.table, known.dataset, known.queuedAs)]
        : []),
      ...(requeued && known?.status !== "QUARANTINED" ? this.requeue(requeued, executionArn, now) : []),
    ]);
  }

  /** Gives up a file that waits, of which nothing has to be kept anywhere. */
  async giveUp(entry: LedgerEntry, reason: string, now: Date): Promise<void> {
    await this.table.transact([
      this.table.action.update(keyOf(entry), {
        set: { ...withAttention("FAILED", entry.file), reason, updatedAt: now.toISOString() },
        remove: ["queuedAs"],
      }),
      leaveQueue(this.table, entry.dataset ?? "", entry.queuedAs),
    ]);
  }

  /**
   * Records the new execution of a claimed file whose own one died, and counts it if `counts`. Returns false when the file's state has
   * changed meanwhile.
   */
  async markRedriven(entry: LedgerEntry, executionArn: string, counts: boolean, now: Date): Promise<boolean> {
    return this.changeClaimed(entry, { executionArn, redrives: (entry.redrives ?? 0) + (counts ? 1 : 0) }, now);
  }

  /** Records that no execution got a claimed file any further. Its bytes stay where they are, in the raw zone. */
  async markFailed(entry: LedgerEntry, reason: string, now: Date): Promise<boolean> {
    return this.changeClaimed(entry, { ...withAttention("FAILED", entry.file), reason }, now);
  }

  /** Puts a claimed file, whose execution is at work, behind the others that the sweep looks at. */
  async postpone(entry: LedgerEntry, now: Date): Promise<boolean> {
    return this.changeClaimed(entry, {}, now);
  }

  private async changeClaimed(entry: LedgerEntry, set: Readonly<Record<string, unknown>>, now: Date): Promise<boolean> {
    return this.table.update(keyOf(entry), {
      set: { ...set, updatedAt: now.toISOString() },
      when: all(equals("status", "CLAIMED"), equals("updatedAt", entry.updatedAt)),
    });
  }

  /** Makes a file wait for a run, whatever became of it before. */
  private requeue({ reason, ...waiting }: Requeued, executionArn: string, now: Date): readonly Action[] {
    return this.enqueue(waiting, executionArn, now, {
      set: { entity: "file", reason },
      setOnce: { claimedAt: now.toISOString() },
    });
  }

  private enqueue(
    { dataset, contractKey, file, verdict }: Omit<Requeued, "reason">,
    executionArn: string,
    now: Date,
    change: Change,
  ): readonly Action[] {
    const at = now.toISOString();
    const sk = `${at}#${file.sourceId}#${file.version}`;
    const item: QueueItem = { pk: queuePk(dataset), sk, entity: "queue", dataset, contractKey, file, attempts: 0 };
    return [
      this.table.action.update(fileKey(file), {
        ...change,
        remove: ["attention", ...(change.remove ?? [])],
        set: {
          status: "READY" satisfies FileStatus,
          updatedAt: at,
          dataset,
          contractKey,
          verdict,
          queuedAs: sk,
          attempts: 0,
          executionArn,
          file: verdict.file,
          ...change.set,
        },
      }),
      this.table.action.put(item),
    ];
  }
}

/** Takes a file out of its dataset's queue. */
export function leaveQueue(table: LedgerTable, dataset: string, queuedAs: string | undefined): Action {
  if (queuedAs === undefined) throw new NamedError("LedgerConflict", `A file of ${dataset} is in no queue.`);
  return table.action.delete({ pk: queuePk(dataset), sk: queuedAs });
}

/** A valid file as its run will see it. */
export function batchFile(verdict: Verdict): BatchFile {
  const { file, dialect } = verdict;
  if (verdict.status !== "valid" || dialect === undefined) {
    throw new NamedError(
      "InvalidRequest",
      `Only a valid file can be queued; the verdict on ${file.key} is ${verdict.status}.`,
    );
  }
  const wish = verdict.engine === undefined ? {} : { engine: verdict.engine };
  return { ...file, sourceId: sourceId(file), dialect, columns: verdict.columns, ...wish };
}

/** A file with its version, for messages. */
export const described = (file: FileRef): string => `s3://${file.bucket}/${file.key} (${file.version})`;
