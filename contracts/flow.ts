/**
 * The types of the documents in the ingestion flow, which the Lambda functions, the state machine, both engines, the ledger and
 * the command line exchange.
 */

/** How the bytes of one file are read. The header validator decides it once, and both engines follow it. */
export interface Dialect {
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "latin-1";
  /** Whether the file has a byte order mark, which is skipped. */
  readonly bom: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly compression: "none" | "gzip";
}

/** One version of one object in the raw zone, as the S3 event names it. */
export interface FileRef {
  readonly bucket: string;
  /** The key as S3 stores it, never URL-encoded. */
  readonly key: string;
  /** The version id, or the ETag where the bucket has no versions. It is the ledger's sort key. */
  readonly version: string;
  readonly versionId?: string;
  readonly etag: string;
  /** The size in bytes. */
  readonly size: number;
  /** S3's ordering token for events on one key. Tokens compare as hexadecimal numbers of equal length. */
  readonly sequencer: string;
  /** The time of the event, in ISO 8601. */
  readonly eventTime: string;
}

export type VerdictReason =
  | "unknown-dataset"
  | "marker"
  | "object-missing"
  | "empty-file"
  | "header-only"
  | "header-too-long"
  | "not-csv"
  | "encoding"
  | "delimiter"
  | "header-mismatch"
  | "engine-failed";

/** The header validator's answer, which is the success/fail JSON of the flow. */
export interface Verdict {
  /** An `unclaimed` file belongs to no dataset. It stays where it is, and no run takes it. */
  readonly status: "valid" | "invalid" | "unclaimed";
  readonly file: FileRef;
  /** The dataset; absent when no contract claims the key's prefix. */
  readonly dataset?: string;
  /** The key of the compiled contract in the artifacts bucket. */
  readonly contractKey?: string;
  /** With `schedule`, the file waits for the dataset's own schedule instead of starting a run. */
  readonly trigger?: "event" | "schedule";
  readonly reason?: VerdictReason;
  /** A sentence for the uploader: what is wrong and how to correct it. */
  readonly message?: string;
  /** The column names as found, in file order. */
  readonly columns: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly duplicates: readonly string[];
  /** Columns that differ by case only, or by a small edit: what was expected and what was found. */
  readonly renamed: readonly { readonly expected: string; readonly found: string }[];
  readonly order: "same" | "different";
  readonly dialect?: Dialect;
  /** The engine that the uploader asks for by the object's metadata `engine`. */
  readonly engine?: Engine;
  /** The number of bytes read from S3 to decide. */
  readonly bytesRead: number;
}

/** A valid file that waits for a run or is part of one. */
export interface BatchFile extends FileRef {
  /** The first 16 hexadecimal digits of SHA-256 over `bucket/key`. They name every output of this key, whatever its version. */
  readonly sourceId: string;
  readonly dialect: Dialect;
  readonly columns: readonly string[];
  /** The engine that the uploader asks for. A batch with such a file runs on it where its contract says `auto`. */
  readonly engine?: Engine;
}

export type Engine = "light" | "spark";

export interface ZoneBuckets {
  readonly raw: string;
  readonly processed: string;
  readonly curated: string;
  readonly quarantine: string;
  readonly artifacts: string;
}

/** The work order of a run, stored at `runs/<dataset>/<runId>/batch.json` in the artifacts bucket. */
export interface Batch {
  readonly runId: string;
  readonly dataset: string;
  readonly database: string;
  readonly contractKey: string;
  readonly engine: Engine;
  /** Whether the run uses job bookmarks, which only scheduled datasets on Spark do. */
  readonly scheduled: boolean;
  readonly files: readonly BatchFile[];
  /** The sum of the files' sizes, in bytes. */
  readonly bytes: number;
  readonly buckets: ZoneBuckets;
  /** The key of the manifest that the engine must write. */
  readonly manifestKey: string;
}

export interface FileOutcome {
  readonly sourceId: string;
  readonly key: string;
  readonly version: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly rowsRejected: number;
  /** The keys of its outputs in the processed bucket. */
  readonly outputs: readonly string[];
  /** The key of its rejected rows in the quarantine bucket, if there are any. */
  readonly rejects?: string;
  /** Whether the file was left out because a newer version of its key had been written before. */
  readonly superseded?: boolean;
}

/** A partition that got or lost objects. `values` are in the order of the table's partition keys. */
export interface TouchedPartition {
  readonly table: string;
  readonly values: readonly string[];
  /** The address of its folder: `s3://bucket/prefix/`. */
  readonly location: string;
  /** Whether the partition no longer has an object. */
  readonly emptied?: boolean;
}

/** An engine's account of its run. A run without a manifest has failed, whatever its status says. */
export interface Manifest {
  readonly runId: string;
  readonly dataset: string;
  readonly engine: Engine;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly files: readonly FileOutcome[];
  readonly totals: { readonly rowsIn: number; readonly rowsOut: number; readonly rowsRejected: number };
  /** Every object written, in all zones. */
  readonly outputs: readonly {
    readonly bucket: string;
    readonly key: string;
    readonly bytes: number;
    readonly rows: number;
  }[];
  readonly partitions: readonly TouchedPartition[];
  /** The `s3://` addresses of objects of earlier versions that were removed. */
  readonly removed: readonly string[];
}

/**
 * The objects that a source key has in the lake so far, stored at `sources/<dataset>/<sourceId>.json` in the artifacts bucket.
 * `pending` is written before publishing and merged into `outputs` afterwards, so that a retry after a death half way knows
 * every object that may exist.
 */
export interface SourceState {
  readonly sourceId: string;
  readonly key: string;
  readonly version: string;
  readonly sequencer: string;
  readonly outcome?: FileOutcome;
  readonly outputs: readonly string[];
  readonly pending?: readonly string[];
}

// ---- the ledger (one DynamoDB table with the keys pk and sk) --------------------------------------------------------

/**
 * The index of the files that need attention. Only they have the attribute `attention`, so that files which go their way cost
 * the index next to nothing.
 */
export const ATTENTION_INDEX = { name: "by-attention", hashKey: "attention", rangeKey: "updatedAt" } as const;

/** The states that need attention: of the sweep while an execution should be judging the file, of an operator afterwards. */
export type AttentionStatus = Extract<FileStatus, "CLAIMED" | "QUARANTINED" | "FAILED" | "UNCLAIMED">;

/** The states of a file, in the order in which reports show them. */
export const FILE_STATUSES = [
  "CLAIMED",
  "READY",
  "RUNNING",
  "DONE",
  "QUARANTINED",
  "SUPERSEDED",
  "FAILED",
  "UNCLAIMED",
] as const;
export type FileStatus = (typeof FILE_STATUSES)[number];

/** The item of one version of a file, with the keys pk `file#<bucket>/<key>` and sk `<version>`. */
export interface LedgerFile {
  readonly pk: string;
  readonly sk: string;
  readonly entity: "file";
  readonly status: FileStatus;
  readonly file: FileRef;
  readonly claimedAt: string;
  readonly updatedAt: string;
  /**
   * The file's key in the index of files that need attention: its state, `#` and the first digit of its ETag. A key of an index
   * takes 1,000 writes a second
   * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html), the sixteen of a state
   * take 16,000.
   */
  readonly attention?: string;
  readonly executionArn?: string;
  readonly dataset?: string;
  readonly verdict?: Verdict;
  readonly reason?: string;
  readonly runId?: string;
  /** The number of runs tried so far. */
  readonly attempts?: number;
  readonly rowsIn?: number;
  readonly rowsOut?: number;
  readonly rowsRejected?: number;
  /** The address of the copy in quarantine: `s3://…`. */
  readonly quarantinedTo?: string;
}

// ---- what the state machine sends to the functions -----------------------------------------------------------------

/** Asks run-coordinator to mark a valid file READY and to queue it. A second call changes nothing. */
export interface ReadyRequest {
  readonly action: "ready";
  readonly verdict: Verdict;
  readonly executionArn: string;
}
/** Asks run-coordinator to record that a file belongs to no dataset and stays where it is. A second call changes nothing. */
export interface LeaveRequest {
  readonly action: "leave";
  readonly verdict: Verdict;
  readonly executionArn: string;
}
/** Asks run-coordinator to take or renew the dataset's lease and to collect READY files into a batch. */
export interface PlanRequest {
  readonly action: "plan";
  readonly dataset: string;
  readonly contractKey: string;
  readonly executionArn: string;
}
export type PlanResponse =
  /** Another execution has the lease and will take the file. */
  | { readonly outcome: "handed-over"; readonly leaseOwner: string }
  /** No file is READY; the lease is released. */
  | { readonly outcome: "drained" }
  | {
      readonly outcome: "run";
      readonly runId: string;
      readonly engine: Engine;
      readonly batch: { readonly bucket: string; readonly key: string };
      readonly manifest: { readonly bucket: string; readonly key: string };
      readonly jobName: string;
      readonly scheduled: boolean;
      /** Whether Spark may run the batch when the light engine runs out of memory, disk or time. */
      readonly mayUseSpark: boolean;
      readonly files: number;
      readonly bytes: number;
    };
/** Asks run-coordinator to renew the lease before an engine starts that runs for long. It fails when the lease is lost. */
export interface RenewRequest {
  readonly action: "renew";
  readonly dataset: string;
  readonly executionArn: string;
}
export interface RenewResponse {
  readonly status: "renewed";
}
/** Asks run-coordinator to give up the lease, so that the next execution may run the dataset. */
export interface ReleaseRequest {
  readonly action: "release";
  readonly dataset: string;
  readonly executionArn: string;
}
export interface ReleaseResponse {
  readonly status: "released";
}
/** Asks run-coordinator to check the manifest, to mark the files DONE, and to send metrics and the event. */
export interface CommitRequest {
  readonly action: "commit";
  readonly dataset: string;
  readonly runId: string;
  readonly executionArn: string;
  readonly batch: { readonly bucket: string; readonly key: string };
  readonly manifest: { readonly bucket: string; readonly key: string };
}
export interface CommitResponse {
  readonly status: "succeeded";
  readonly dataset: string;
  readonly runId: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly rowsRejected: number;
  readonly files: number;
}
/** What a run failed for. Only `data` counts as an attempt of its files. */
export type Blame =
  /** The engine says that it cannot read the files, or that they are too large for the engine that the contract demands. */
  | "data"
  /** A service throttles, is at a limit, or has a failure that passes by itself. */
  | "busy"
  /** A permission or a key is missing. */
  | "denied"
  /** Anything else: a fault of the platform, of an engine or of a contract. */
  | "fault";

/** Asks run-coordinator to put the files back. It names those that were tried too often, so that they are quarantined. */
export interface FailRequest {
  readonly action: "fail";
  readonly dataset: string;
  readonly runId: string;
  readonly executionArn: string;
  readonly batch: { readonly bucket: string; readonly key: string };
  /** The state of the flow that failed. */
  readonly task: string;
  readonly error: string;
  readonly cause: string;
}
export interface FailResponse {
  readonly blame: Blame;
  /** Whether the engine may still be at work, because the error does not say that it has ended. */
  readonly mayStillRun: boolean;
  /**
   * What the execution does next: it tries again soon; it waits for a growing time, with the lease; or it leaves the files to the
   * sweep and releases the lease, so that files which arrive do not wait with them.
   */
  readonly next: "retry" | "wait" | "leave";
  readonly requeued: number;
  readonly exhausted: readonly Verdict[];
}

/** Asks light-etl to run a batch. When it answers `too-large`, the state machine uses Spark. */
export interface EngineRequest {
  readonly batch: { readonly bucket: string; readonly key: string };
}
export type EngineResponse =
  | { readonly outcome: "done"; readonly manifest: { readonly bucket: string; readonly key: string } }
  | { readonly outcome: "too-large"; readonly bytes: number; readonly limit: number };

/** Asks quarantine to copy a file with the verdict beside it, to verify the copy and to remove the original version. */
export interface QuarantineRequest {
  readonly verdict: Verdict;
  readonly executionArn: string;
}
export interface QuarantineResponse {
  readonly status: "quarantined";
  readonly location: string;
  readonly verdictLocation: string;
}

/** Asks partition-registrar to register the partitions of a run. */
export interface RegisterRequest {
  readonly action: "register";
  readonly manifest: { readonly bucket: string; readonly key: string };
}
/** Asks partition-registrar to compare a whole table: it adds what is missing and reports what has vanished. */
export interface SyncRequest {
  readonly action: "sync";
  readonly table: string;
  readonly removeVanished?: boolean;
}
export interface RegisterResponse {
  readonly status: "succeeded";
  readonly added: number;
  readonly existing: number;
  /** Existing partitions that had another location, or the columns of an earlier contract. */
  readonly updated: number;
  readonly removed: number;
  /** Partitions of the catalog that no longer have an object: `key=value/…`. Only `sync` reports them. */
  readonly vanished: readonly string[];
  /** The `s3://` folders below the table that are not a partition of it. Only `sync` reports them. */
  readonly unexpected: readonly string[];
}
