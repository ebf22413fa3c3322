import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  paginateQuery,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from "@aws-sdk/lib-dynamodb";
import type {
  BatchFile,
  CommitResponse,
  Engine,
  FileOutcome,
  FileRef,
  FileStatus,
  LedgerFile,
  Verdict,
} from "../../contracts/flow";
import { chunks, mapBounded } from "./concurrency";
import { isNamed, NamedError } from "./errors";
import { sourceId } from "./files";

interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A valid file waiting for a run: pk `ready#<dataset>`, sk `<readyAt>#<sourceId>#<version>`. There until its run commits. */
export interface QueueItem extends Key {
  readonly entity: "queue";
  readonly dataset: string;
  readonly contractKey: string;
  readonly file: BatchFile;
  /** Runs that failed with it. */
  readonly attempts: number;
  /** Most files its next run may have: halved after every failure in company, until the culprit fails alone. */
  readonly batchLimit?: number;
}

/** Who may run a dataset: pk `lease#<dataset>`, sk `lease`. */
export interface Lease extends Key {
  readonly entity: "lease";
  readonly dataset: string;
  /** ARN of the execution. */
  readonly owner: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  readonly runId?: string;
}

/** `RUN_` keeps runs apart from files in the index `by-status`. */
export type RunStatus = "RUN_STARTED" | "RUN_SUCCEEDED" | "RUN_FAILED";

/** One run of an engine: pk `run#<dataset>`, sk `<runId>`; run ids begin with the time, so they sort by it. */
export interface RunItem extends Key {
  readonly entity: "run";
  readonly status: RunStatus;
  readonly dataset: string;
  readonly runId: string;
  readonly engine: Engine;
  readonly files: number;
  readonly bytes: number;
  readonly executionArn: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly error?: string;
  readonly result?: CommitResponse;
}

/** A file item with what the coordinator adds to it. */
export interface LedgerEntry extends LedgerFile {
  readonly contractKey?: string;
  /** Sort key of its queue item. */
  readonly queuedAs?: string;
  /** The failed run it was put back by. */
  readonly failedRunId?: string;
  /** Executions started again for it by the sweep. */
  readonly redrives?: number;
}

/** What is to run because a file is given up: see the quarantine's withdrawal. */
export interface Requeued {
  readonly dataset: string;
  readonly contractKey: string;
  readonly file: BatchFile;
  readonly verdict: Verdict;
  readonly reason: string;
}

const PARALLEL = 16;
/** TransactWriteItems takes 100 actions; a file needs two, and one is the look at the lease. */
const FILES_PER_TRANSACTION = 49;

export const filePk = (file: Pick<FileRef, "bucket" | "key">): string => `file#${file.bucket}/${file.key}`;
export const fileKey = (file: FileRef): Key => ({ pk: filePk(file), sk: file.version });
const queuePk = (dataset: string): string => `ready#${dataset}`;
const leaseKey = (dataset: string): Key => ({ pk: `lease#${dataset}`, sk: "lease" });
const runPk = (dataset: string): string => `run#${dataset}`;

const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });

type Transaction = NonNullable<TransactWriteCommandInput["TransactItems"]>;

const conditionFailed = (error: unknown): boolean => isNamed(error, "ConditionalCheckFailedException");

/** A transaction was refused because a condition did not hold, not because of a conflict that passes. */
const refused = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(({ Code }) => Code === "ConditionalCheckFailed");

/** Everything that is known about files, runs and leases: one DynamoDB table. The only place that knows its items. */
export class Ledger {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  // ---- reading ---------------------------------------------------------------------------------------------------

  /** One version of one file. */
  async file(file: FileRef): Promise<LedgerEntry | undefined> {
    return this.get<LedgerEntry>(fileKey(file));
  }

  /** Has a run of any of these queued files been started before, whatever became of it? */
  async anyBegun(files: readonly FileRef[]): Promise<boolean> {
    const known = await this.files(files);
    return [...known.values()].some(({ status, attempts }) => status === "RUNNING" || (attempts ?? 0) > 0);
  }

  /** All versions of a key the ledger knows. */
  async versions(file: Pick<FileRef, "bucket" | "key">): Promise<LedgerEntry[]> {
    return this.all<LedgerEntry>({
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": filePk(file) },
      ConsistentRead: true,
    });
  }

  /** Files in a state, longest unchanged first, page by page. The index lags behind by a moment. */
  async *byStatus(
    status: FileStatus,
    options: { readonly updatedBefore?: string; readonly newestFirst?: boolean } = {},
  ): AsyncGenerator<LedgerEntry> {
    for await (const page of this.pages({
      IndexName: "by-status",
      KeyConditionExpression: options.updatedBefore ? "#status = :status AND updatedAt < :before" : "#status = :status",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: {
        ":status": status,
        ...(options.updatedBefore ? { ":before": options.updatedBefore } : {}),
      },
      ScanIndexForward: !options.newestFirst,
    })) {
      yield* page as unknown as LedgerEntry[];
    }
  }

  /** How many files are in a state. */
  async count(status: FileStatus | RunStatus): Promise<number> {
    let total = 0;
    let from: QueryCommandInput["ExclusiveStartKey"];
    do {
      const answer = await this.db.send(
        new QueryCommand({
          TableName: this.table,
          IndexName: "by-status",
          KeyConditionExpression: "#status = :status",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: { ":status": status },
          Select: "COUNT",
          ExclusiveStartKey: from,
        }),
      );
      total += answer.Count ?? 0;
      from = answer.LastEvaluatedKey;
    } while (from);
    return total;
  }

  /** The latest runs of a dataset, newest first. */
  async runs(dataset: string, limit: number): Promise<RunItem[]> {
    const answer = await this.db.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": runPk(dataset) },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return (answer.Items ?? []) as RunItem[];
  }

  async run(dataset: string, runId: string): Promise<RunItem | undefined> {
    return this.get<RunItem>({ pk: runPk(dataset), sk: runId });
  }

  async lease(dataset: string): Promise<Lease | undefined> {
    return this.get<Lease>(leaseKey(dataset));
  }

  /** What waits for a run, oldest first. Consistent: what was written before is seen. */
  async queue(dataset: string, limit: number): Promise<QueueItem[]> {
    const items: QueueItem[] = [];
    for await (const page of this.pages({
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": queuePk(dataset) },
      ConsistentRead: true,
      Limit: limit,
    })) {
      items.push(...(page as unknown as QueueItem[]));
      if (items.length >= limit) break;
    }
    return items.slice(0, limit);
  }

  // ---- a file's way ----------------------------------------------------------------------------------------------

  /**
   * A claimed file becomes READY and is queued, in one transaction. A second call finds it further on and changes nothing.
   * Returns the state the file is in now.
   */
  async markReady(verdict: Verdict, batchFile: BatchFile, executionArn: string, now: Date): Promise<FileStatus> {
    const { file, dataset, contractKey } = verdict;
    if (dataset === undefined || contractKey === undefined) {
      throw new NamedError(
        "InvalidRequest",
        `a valid verdict names its dataset and contract; that of ${file.key} does not`,
      );
    }
    const at = now.toISOString();
    const sk = `${at}#${batchFile.sourceId}#${file.version}`;
    const queued: QueueItem = {
      pk: queuePk(dataset),
      sk,
      entity: "queue",
      dataset,
      contractKey,
      file: batchFile,
      attempts: 0,
    };
    try {
      await this.transact([
        {
          Update: {
            TableName: this.table,
            Key: fileKey(file),
            UpdateExpression:
              "SET #status = :ready, updatedAt = :now, dataset = :dataset, contractKey = :contract, verdict = :verdict, " +
              "queuedAs = :queuedAs, attempts = :zero, executionArn = :execution, #file = :file REMOVE reason",
            ConditionExpression: "#status = :claimed OR #status = :failed",
            ExpressionAttributeNames: { "#status": "status", "#file": "file" },
            ExpressionAttributeValues: {
              ":ready": "READY" satisfies FileStatus,
              ":claimed": "CLAIMED" satisfies FileStatus,
              ":failed": "FAILED" satisfies FileStatus,
              ":now": at,
              ":dataset": dataset,
              ":contract": contractKey,
              ":verdict": verdict,
              ":queuedAs": sk,
              ":zero": 0,
              ":execution": executionArn,
              ":file": file,
            },
          },
        },
        { Put: { TableName: this.table, Item: queued } },
      ]);
      return "READY";
    } catch (error) {
      if (!refused(error)) throw error;
      const known = await this.file(file);
      if (known) return known.status;
      throw new NamedError(
        "LedgerConflict",
        `the ledger does not know s3://${file.bucket}/${file.key} (${file.version})`,
      );
    }
  }

  /** Older versions of a key whose newer version waits too: left out for good. */
  async supersede(items: readonly QueueItem[], by: ReadonlyMap<string, string>, now: Date): Promise<void> {
    await mapBounded(chunks(items, FILES_PER_TRANSACTION), PARALLEL, async (chunk) => {
      await this.transact(
        chunk.flatMap((item) => [
          {
            Update: {
              TableName: this.table,
              Key: fileKey(item.file),
              UpdateExpression: "SET #status = :status, updatedAt = :now, reason = :reason REMOVE queuedAs",
              ExpressionAttributeNames: { "#status": "status" },
              ExpressionAttributeValues: {
                ":status": "SUPERSEDED" satisfies FileStatus,
                ":now": now.toISOString(),
                ":reason": `a newer version of the key was uploaded: ${by.get(item.file.sourceId) ?? "unknown"}`,
              },
            },
          },
          { Delete: { TableName: this.table, Key: keyOf(item) } },
        ]),
      );
    });
  }

  /** The files of a batch are being worked on. Only while the caller holds the lease. */
  async markRunning(files: readonly BatchFile[], run: RunItem, now: Date): Promise<void> {
    await this.db.send(new PutCommand({ TableName: this.table, Item: run }));
    await mapBounded(chunks(files, 2 * FILES_PER_TRANSACTION), PARALLEL, async (chunk) => {
      await this.whileHolding(
        run.dataset,
        run.executionArn,
        chunk.map((file) => ({
          Update: {
            TableName: this.table,
            Key: fileKey(file),
            UpdateExpression: "SET #status = :running, runId = :run, updatedAt = :now REMOVE failedRunId",
            ConditionExpression: "#status = :ready OR #status = :running",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: {
              ":running": "RUNNING" satisfies FileStatus,
              ":ready": "READY" satisfies FileStatus,
              ":run": run.runId,
              ":now": now.toISOString(),
            },
          },
        })),
      );
    });
  }

  /**
   * The files of a run are done: each leaves the queue in the transaction that says so. Those already done by this run are
   * left alone, so that a second call completes a first one.
   */
  async markDone(
    dataset: string,
    executionArn: string,
    runId: string,
    files: readonly { readonly file: BatchFile; readonly outcome: FileOutcome }[],
    now: Date,
  ): Promise<void> {
    const known = await this.files(files.map(({ file }) => file));
    const open = files.filter(({ file }) => {
      const entry = known.get(sk(file));
      if (entry?.runId !== runId) throw notOfRun(file, runId, entry);
      if (entry.status === "DONE" || entry.status === "SUPERSEDED") return false;
      if (entry.status !== "RUNNING") throw notOfRun(file, runId, entry);
      return true;
    });
    await mapBounded(chunks(open, FILES_PER_TRANSACTION), PARALLEL, async (chunk) => {
      await this.whileHolding(
        dataset,
        executionArn,
        chunk.flatMap(({ file, outcome }) => [
          {
            Update: {
              TableName: this.table,
              Key: fileKey(file),
              UpdateExpression:
                "SET #status = :status, updatedAt = :now, rowsIn = :in, rowsOut = :out, rowsRejected = :rejected, " +
                (outcome.superseded
                  ? "reason = :reason REMOVE queuedAs"
                  : "attempts = if_not_exists(attempts, :zero) + :one REMOVE queuedAs, reason"),
              ConditionExpression: "#status = :running AND runId = :run",
              ExpressionAttributeNames: { "#status": "status" },
              ExpressionAttributeValues: {
                ":status": (outcome.superseded ? "SUPERSEDED" : "DONE") satisfies FileStatus,
                ":running": "RUNNING" satisfies FileStatus,
                ":run": runId,
                ":now": now.toISOString(),
                ":in": outcome.rowsIn,
                ":out": outcome.rowsOut,
                ":rejected": outcome.rowsRejected,
                ...(outcome.superseded
                  ? { ":reason": "a newer version of the key had been written before" }
                  : { ":one": 1, ":zero": 0 }),
              },
            },
          },
          this.leaveQueue(dataset, known.get(sk(file))?.queuedAs),
        ]),
      );
    });
  }

  /**
   * The files of a failed run go back to the queue, with the failure counted. Returns each with its figures, also those
   * that an earlier call put back; files that another run has taken over since are left alone and left out.
   */
  async putBack(
    dataset: string,
    runId: string,
    files: readonly BatchFile[],
    failure: { readonly reason: string; readonly batchLimit?: (attempts: number) => number | undefined },
    now: Date,
  ): Promise<LedgerEntry[]> {
    const known = await this.files(files);
    const returned = await mapBounded(files, PARALLEL, async (file): Promise<LedgerEntry | undefined> => {
      const entry = known.get(sk(file));
      if (entry?.status === "READY" && entry.failedRunId === runId) return entry;
      if (entry?.status !== "RUNNING" || entry.runId !== runId || entry.queuedAs === undefined) return undefined;
      const attempts = (entry.attempts ?? 0) + 1;
      const limit = failure.batchLimit?.(attempts);
      try {
        await this.transact([
          {
            Update: {
              TableName: this.table,
              Key: fileKey(file),
              UpdateExpression:
                "SET #status = :ready, attempts = :attempts, reason = :reason, failedRunId = :run, updatedAt = :now",
              ConditionExpression: "#status = :running AND runId = :run",
              ExpressionAttributeNames: { "#status": "status" },
              ExpressionAttributeValues: {
                ":ready": "READY" satisfies FileStatus,
                ":running": "RUNNING" satisfies FileStatus,
                ":attempts": attempts,
                ":reason": failure.reason,
                ":run": runId,
                ":now": now.toISOString(),
              },
            },
          },
          {
            Update: {
              TableName: this.table,
              Key: { pk: queuePk(dataset), sk: entry.queuedAs },
              UpdateExpression: `SET attempts = :attempts${limit === undefined ? "" : ", batchLimit = :limit"}`,
              ConditionExpression: "attribute_exists(pk)",
              ExpressionAttributeValues: {
                ":attempts": attempts,
                ...(limit === undefined ? {} : { ":limit": limit }),
              },
            },
          },
        ]);
      } catch (error) {
        if (refused(error)) return undefined;
        throw error;
      }
      return { ...entry, status: "READY", attempts, reason: failure.reason, failedRunId: runId };
    });
    return returned.filter((entry) => entry !== undefined);
  }

  /**
   * A file is in quarantine; if it waited for a run, it no longer does. What has to run in its place waits from that very
   * moment; a second call queues nothing.
   */
  async markQuarantined(
    verdict: Verdict,
    quarantinedTo: string,
    executionArn: string,
    now: Date,
    requeued?: Requeued,
  ): Promise<void> {
    const known = await this.file(verdict.file);
    await this.transact([
      {
        Update: {
          TableName: this.table,
          Key: fileKey(verdict.file),
          UpdateExpression:
            "SET #status = :status, updatedAt = :now, verdict = :verdict, reason = :reason, quarantinedTo = :to, " +
            "executionArn = :execution, entity = :entity, #file = :file, claimedAt = if_not_exists(claimedAt, :now)" +
            (verdict.dataset === undefined ? "" : ", dataset = :dataset") +
            " REMOVE queuedAs",
          ExpressionAttributeNames: { "#status": "status", "#file": "file" },
          ExpressionAttributeValues: {
            ":status": "QUARANTINED" satisfies FileStatus,
            ":now": now.toISOString(),
            ":verdict": verdict,
            ":reason": `${verdict.reason ?? "invalid"}: ${verdict.message ?? ""}`,
            ":to": quarantinedTo,
            ":execution": executionArn,
            ":entity": "file",
            ":file": verdict.file,
            ...(verdict.dataset === undefined ? {} : { ":dataset": verdict.dataset }),
          },
        },
      },
      ...(known?.queuedAs !== undefined && known.dataset !== undefined
        ? [this.leaveQueue(known.dataset, known.queuedAs)]
        : []),
      ...(requeued && known?.status !== "QUARANTINED" ? this.requeue(requeued, executionArn, now) : []),
    ]);
  }

  /** A file waits for a run, whatever became of it before. */
  private requeue(
    { dataset, contractKey, file, verdict, reason }: Requeued,
    executionArn: string,
    now: Date,
  ): Transaction {
    const at = now.toISOString();
    const sk = `${at}#${file.sourceId}#${file.version}`;
    const queued: QueueItem = {
      pk: queuePk(dataset),
      sk,
      entity: "queue",
      dataset,
      contractKey,
      file,
      attempts: 0,
    };
    return [
      {
        Update: {
          TableName: this.table,
          Key: fileKey(file),
          UpdateExpression:
            "SET #status = :ready, updatedAt = :now, dataset = :dataset, contractKey = :contract, verdict = :verdict, " +
            "queuedAs = :queuedAs, attempts = :zero, executionArn = :execution, #file = :file, entity = :entity, " +
            "reason = :reason, claimedAt = if_not_exists(claimedAt, :now)",
          ExpressionAttributeNames: { "#status": "status", "#file": "file" },
          ExpressionAttributeValues: {
            ":ready": "READY" satisfies FileStatus,
            ":now": at,
            ":dataset": dataset,
            ":contract": contractKey,
            ":verdict": verdict,
            ":queuedAs": sk,
            ":zero": 0,
            ":execution": executionArn,
            ":file": verdict.file,
            ":entity": "file",
            ":reason": reason,
          },
        },
      },
      { Put: { TableName: this.table, Item: queued } },
    ];
  }

  /** A file that waits is given up for good: nothing of it is anywhere that would have to be kept. */
  async giveUp(entry: LedgerEntry, reason: string, now: Date): Promise<void> {
    await this.transact([
      {
        Update: {
          TableName: this.table,
          Key: keyOf(entry),
          UpdateExpression: "SET #status = :failed, reason = :reason, updatedAt = :now REMOVE queuedAs",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":failed": "FAILED" satisfies FileStatus,
            ":reason": reason,
            ":now": now.toISOString(),
          },
        },
      },
      this.leaveQueue(entry.dataset ?? "", entry.queuedAs),
    ]);
  }

  /** A claimed file whose execution died gets another one. False when its state has changed meanwhile. */
  async markRedriven(entry: LedgerEntry, executionArn: string, now: Date): Promise<boolean> {
    return this.changeClaimed(entry, "SET executionArn = :value, redrives = :redrives, updatedAt = :now", now, {
      ":value": executionArn,
      ":redrives": (entry.redrives ?? 0) + 1,
    });
  }

  /** A claimed file that no execution got any further. The bytes stay where they are, in the raw zone. */
  async markFailed(entry: LedgerEntry, reason: string, now: Date): Promise<boolean> {
    return this.changeClaimed(entry, "SET #status = :failed, reason = :value, updatedAt = :now", now, {
      ":value": reason,
      ":failed": "FAILED" satisfies FileStatus,
    });
  }

  // ---- runs and leases -------------------------------------------------------------------------------------------

  /** Takes a lease that is free, expired or already the caller's. Returns the holder: the caller, when it succeeded. */
  async acquireLease(dataset: string, owner: string, seconds: number, now: Date): Promise<string> {
    const epoch = Math.floor(now.getTime() / 1000);
    try {
      await this.db.send(
        new UpdateCommand({
          TableName: this.table,
          Key: leaseKey(dataset),
          UpdateExpression: "SET #owner = :owner, expiresAt = :expires, dataset = :dataset, entity = :entity",
          ConditionExpression: "attribute_not_exists(pk) OR expiresAt < :now OR #owner = :owner",
          ExpressionAttributeNames: { "#owner": "owner" },
          ExpressionAttributeValues: {
            ":owner": owner,
            ":expires": epoch + seconds,
            ":now": epoch,
            ":dataset": dataset,
            ":entity": "lease",
          },
        }),
      );
      return owner;
    } catch (error) {
      if (!conditionFailed(error)) throw error;
      const held = await this.lease(dataset);
      // Released between the two requests: whoever released it looks at the queue once more, but so may the caller.
      return held ? held.owner : this.acquireLease(dataset, owner, seconds, now);
    }
  }

  /** Extends a lease the caller still holds; false when another has taken it or it was released. */
  async renewLease(dataset: string, owner: string, seconds: number, now: Date): Promise<boolean> {
    try {
      await this.db.send(
        new UpdateCommand({
          TableName: this.table,
          Key: leaseKey(dataset),
          UpdateExpression: "SET expiresAt = :expires",
          ConditionExpression: "#owner = :owner",
          ExpressionAttributeNames: { "#owner": "owner" },
          ExpressionAttributeValues: { ":owner": owner, ":expires": Math.floor(now.getTime() / 1000) + seconds },
        }),
      );
      return true;
    } catch (error) {
      if (conditionFailed(error)) return false;
      throw error;
    }
  }

  /** Gives a lease up, if `owner` still holds it. */
  async releaseLease(dataset: string, owner: string): Promise<void> {
    try {
      await this.db.send(
        new DeleteCommand({
          TableName: this.table,
          Key: leaseKey(dataset),
          ConditionExpression: "#owner = :owner",
          ExpressionAttributeNames: { "#owner": "owner" },
          ExpressionAttributeValues: { ":owner": owner },
        }),
      );
    } catch (error) {
      if (!conditionFailed(error)) throw error;
    }
  }

  /** How a run ended. */
  async endRun(
    dataset: string,
    runId: string,
    end: { readonly result: CommitResponse } | { readonly error: string },
    now: Date,
  ): Promise<void> {
    const [field, status, value] =
      "result" in end
        ? (["result", "RUN_SUCCEEDED", end.result] as const)
        : (["error", "RUN_FAILED", end.error] as const);
    try {
      await this.db.send(
        new UpdateCommand({
          TableName: this.table,
          Key: { pk: runPk(dataset), sk: runId },
          UpdateExpression: "SET #status = :status, #field = :value, updatedAt = :now",
          ConditionExpression: "attribute_exists(pk) AND #status <> :succeeded",
          ExpressionAttributeNames: { "#status": "status", "#field": field },
          ExpressionAttributeValues: {
            ":status": status,
            ":value": value,
            ":now": now.toISOString(),
            ":succeeded": "RUN_SUCCEEDED" satisfies RunStatus,
          },
        }),
      );
    } catch (error) {
      if (!conditionFailed(error)) throw error;
    }
  }

  // ---- the table -------------------------------------------------------------------------------------------------

  private leaveQueue(dataset: string, queuedAs: string | undefined): Transaction[number] {
    if (queuedAs === undefined) throw new NamedError("LedgerConflict", `a file of ${dataset} is in no queue`);
    return { Delete: { TableName: this.table, Key: { pk: queuePk(dataset), sk: queuedAs } } };
  }

  private async changeClaimed(
    entry: LedgerEntry,
    change: string,
    now: Date,
    values: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    try {
      await this.db.send(
        new UpdateCommand({
          TableName: this.table,
          Key: keyOf(entry),
          UpdateExpression: change,
          ConditionExpression: "#status = :claimed AND updatedAt = :seen",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ...values,
            ":claimed": "CLAIMED" satisfies FileStatus,
            ":seen": entry.updatedAt,
            ":now": now.toISOString(),
          },
        }),
      );
      return true;
    } catch (error) {
      if (conditionFailed(error)) return false;
      throw error;
    }
  }

  /** One transaction that goes through only while `owner` holds the dataset's lease. */
  private async whileHolding(dataset: string, owner: string, changes: Transaction): Promise<void> {
    const lease = {
      ConditionCheck: {
        TableName: this.table,
        Key: leaseKey(dataset),
        ConditionExpression: "#owner = :owner",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":owner": owner },
      },
    };
    try {
      await this.transact([lease, ...changes]);
    } catch (error) {
      if (!refused(error)) throw error;
      const holder = (await this.lease(dataset))?.owner;
      if (holder !== owner) throw leaseLost(dataset, holder);
      throw new NamedError("LedgerConflict", `files of ${dataset} changed while their run was being recorded`);
    }
  }

  private async transact(items: Transaction): Promise<void> {
    if (items.length > 0) await this.db.send(new TransactWriteCommand({ TransactItems: items }));
  }

  private async get<T extends Key>(key: Key): Promise<T | undefined> {
    const answer = await this.db.send(new GetCommand({ TableName: this.table, Key: key, ConsistentRead: true }));
    return answer.Item as T | undefined;
  }

  /** Ledger entries of files, by `sk(file)`. */
  private async files(files: readonly FileRef[]): Promise<Map<string, LedgerEntry>> {
    const found = new Map<string, LedgerEntry>();
    await mapBounded(chunks(files, 100), PARALLEL, async (chunk) => {
      let keys: Record<string, unknown>[] | undefined = chunk.map(fileKey).map((key) => ({ ...key }));
      while (keys && keys.length > 0) {
        const answer: {
          Responses?: Record<string, unknown[]>;
          UnprocessedKeys?: Record<string, { Keys?: Record<string, unknown>[] }>;
        } = await this.db.send(
          new BatchGetCommand({ RequestItems: { [this.table]: { Keys: keys, ConsistentRead: true } } }),
        );
        for (const item of (answer.Responses?.[this.table] ?? []) as LedgerEntry[]) {
          found.set(`${item.pk}\n${item.sk}`, item);
        }
        keys = answer.UnprocessedKeys?.[this.table]?.Keys;
      }
    });
    return found;
  }

  private async *pages(query: Omit<QueryCommandInput, "TableName">): AsyncGenerator<Record<string, unknown>[]> {
    for await (const page of paginateQuery({ client: this.db }, { TableName: this.table, ...query })) {
      yield page.Items ?? [];
    }
  }

  private async all<T>(query: Omit<QueryCommandInput, "TableName">): Promise<T[]> {
    const items: T[] = [];
    for await (const page of this.pages(query)) items.push(...(page as T[]));
    return items;
  }
}

const sk = (file: FileRef): string => `${filePk(file)}\n${file.version}`;

export const leaseLost = (dataset: string, holder: string | undefined): NamedError =>
  new NamedError(
    "LeaseLost",
    `this execution no longer holds the lease of ${dataset}: ${holder === undefined ? "it was released" : `${holder} does`}. ` +
      "Its run is not recorded; the files are run again.",
  );

const notOfRun = (file: FileRef, runId: string, entry: LedgerEntry | undefined): NamedError =>
  new NamedError(
    "LedgerConflict",
    `s3://${file.bucket}/${file.key} (${file.version}) is not RUNNING in run ${runId} but ${
      entry ? `${entry.status} in run ${entry.runId ?? "none"}` : "unknown to the ledger"
    }`,
  );

/** A valid file as its run will see it. */
export function batchFile(verdict: Verdict): BatchFile {
  const { file, dialect } = verdict;
  if (verdict.status !== "valid" || dialect === undefined) {
    throw new NamedError(
      "InvalidRequest",
      `only a valid file can be queued; the verdict on ${file.key} is ${verdict.status}`,
    );
  }
  const wish = verdict.engine === undefined ? {} : { engine: verdict.engine };
  return { ...file, sourceId: sourceId(file), dialect, columns: verdict.columns, ...wish };
}
