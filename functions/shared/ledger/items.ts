/** The items of the ledger and their keys. */

import type {
  AttentionStatus,
  BatchFile,
  CommitResponse,
  Engine,
  FileRef,
  LedgerFile,
  Verdict,
} from "../../../contracts/flow";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A file with what the coordinator adds to its item. */
export interface LedgerEntry extends LedgerFile {
  readonly contractKey?: string;
  /** The sort key of its queue item. */
  readonly queuedAs?: string;
  /** The number of runs that failed with it for a fault of the platform or of an engine. */
  readonly faults?: number;
  /** The failed run that put the file back into the queue. */
  readonly failedRunId?: string;
  /** The number of executions that the sweep has started for it after a fault: not because AWS was busy or a permission missing. */
  readonly redrives?: number;
}

/**
 * A valid file that waits for a run, with the partition key `ready#<dataset>` and the sort key
 * `<readyAt>#<sourceId>#<version>`. The item stays until the file's run commits.
 */
export interface QueueItem extends Key {
  readonly entity: "queue";
  readonly dataset: string;
  readonly contractKey: string;
  readonly file: BatchFile;
  /** The number of runs that failed with it because of the data. */
  readonly attempts: number;
  /** The number of runs that failed with it for a fault of the platform or of an engine. */
  readonly faults?: number;
  /**
   * The largest number of files that its next run may have. It is halved after every failure in company, until the file that
   * causes the failures fails alone.
   */
  readonly batchLimit?: number;
}

/** The right to run a dataset, with the partition key `lease#<dataset>` and the sort key `lease`. */
export interface Lease extends Key {
  readonly entity: "lease";
  readonly dataset: string;
  /** The ARN of the execution that has it. */
  readonly owner: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly runId?: string;
}

/** The prefix `RUN_` keeps the states of runs apart from those of files. */
export type RunStatus = "RUN_STARTED" | "RUN_SUCCEEDED" | "RUN_FAILED";

/**
 * One run of an engine, with the partition key `run#<dataset>` and the sort key `<runId>`. A run's id begins with the time, so
 * runs sort by it.
 */
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

/**
 * A dataset that has had a file, with the partition key `datasets` and the dataset's name as sort key. The sweep goes from
 * dataset to dataset, so that no number of files of some is in the way of another.
 */
export interface DatasetItem extends Key {
  readonly entity: "dataset";
  /** What starts its runs, by its latest file. */
  readonly trigger: Verdict["trigger"];
}

/** What has to run because a file is given up: see the quarantine's withdrawal. */
export interface Requeued {
  readonly dataset: string;
  readonly contractKey: string;
  readonly file: BatchFile;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** The digits with which an ETag may begin. */
const SHARDS = [..."0123456789abcdef"];
/** The keys of a state in the index of files that need attention. */
export const attentionKeys = (status: AttentionStatus): string[] => SHARDS.map((shard) => `${status}#${shard}`);
/** The attributes of a file in a state that needs attention. */
export const withAttention = <Status extends AttentionStatus>(status: Status, { etag }: FileRef) => ({
  status,
  attention: `${status}#${etag.slice(0, 1)}`,
});

export const DATASETS_PK = "datasets";
export const filePk = (file: Pick<FileRef, "bucket" | "key">): string => `file#${file.bucket}/${file.key}`;
export const fileKey = (file: FileRef): Key => ({ pk: filePk(file), sk: file.version });
export const queuePk = (dataset: string): string => `ready#${dataset}`;
export const leaseKey = (dataset: string): Key => ({ pk: `lease#${dataset}`, sk: "lease" });
export const runPk = (dataset: string): string => `run#${dataset}`;
export const runKey = (dataset: string, runId: string): Key => ({ pk: runPk(dataset), sk: runId });
export const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });
/** A key as one text. */
export const keyText = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
