/**
 * The documents that travel through the ingestion flow: what each Lambda function, the state machine, both engines, the
 * ledger and the command line say to one another. Types only.
 */

/** How the bytes of one file are to be read. Decided once, by the header validator; obeyed by both engines. */
export interface Dialect {
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "latin-1";
  /** A byte order mark is present and must be skipped. */
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
  /** Version id; the ETag where the bucket has no versions. It is the ledger's sort key. */
  readonly version: string;
  readonly versionId?: string;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** S3's ordering token for events on one key: compare as hexadecimal numbers of equal length. */
  readonly sequencer: string;
  /** ISO 8601 time of the event. */
  readonly eventTime: string;
}

export type VerdictReason =
  | "unknown-dataset"
  | "object-missing"
  | "empty-file"
  | "header-only"
  | "header-too-long"
  | "not-csv"
  | "encoding"
  | "delimiter"
  | "header-mismatch"
  | "engine-failed";

/** The header validator's answer: the success/fail JSON of the flow. */
export interface Verdict {
  readonly status: "valid" | "invalid";
  readonly file: FileRef;
  /** Absent when no contract claims the key's prefix. */
  readonly dataset?: string;
  /** Key of the compiled contract in the artifacts bucket. */
  readonly contractKey?: string;
  /** `schedule`: the file waits for the dataset's own schedule instead of starting a run. */
  readonly trigger?: "event" | "schedule";
  readonly reason?: VerdictReason;
  /** One sentence for a person: what is wrong and how to mend it. */
  readonly message?: string;
  /** Column names as found, in file order. */
  readonly columns: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly duplicates: readonly string[];
  /** Columns that differ by case only, or by a small edit: what was expected and what was found. */
  readonly renamed: readonly { readonly expected: string; readonly found: string }[];
  readonly order: "same" | "different";
  readonly dialect?: Dialect;
  /** The engine the uploader asks for by the object's metadata `engine`. */
  readonly engine?: Engine;
  /** Bytes read from S3 to decide. */
  readonly bytesRead: number;
}

/** A validated file waiting for, or part of, a run. */
export interface BatchFile extends FileRef {
  /** First 16 hexadecimal digits of SHA-256 over `bucket/key`: names every output of this key, whatever its version. */
  readonly sourceId: string;
  readonly dialect: Dialect;
  readonly columns: readonly string[];
  /** Asked for by the uploader. A batch with one such file runs on that engine where its contract says `auto`. */
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

/** One run's work order, stored at `runs/<dataset>/<runId>/batch.json` in the artifacts bucket. */
export interface Batch {
  readonly runId: string;
  readonly dataset: string;
  readonly database: string;
  readonly contractKey: string;
  readonly engine: Engine;
  /** The run takes part in job bookmarks (scheduled datasets, Spark only). */
  readonly scheduled: boolean;
  readonly files: readonly BatchFile[];
  /** Sum of the files' sizes, bytes. */
  readonly bytes: number;
  readonly buckets: ZoneBuckets;
  /** Key of the manifest the engine must write. */
  readonly manifestKey: string;
}

export interface FileOutcome {
  readonly sourceId: string;
  readonly key: string;
  readonly version: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly rowsRejected: number;
  /** Keys in the processed bucket. */
  readonly outputs: readonly string[];
  /** Key in the quarantine bucket of the rejected rows, if any. */
  readonly rejects?: string;
  /** A newer version of the same key was written before; this one was left out. */
  readonly superseded?: boolean;
}

/** A partition the run wrote to. `values` are in the order of the table's partition keys. */
export interface TouchedPartition {
  readonly table: string;
  readonly values: readonly string[];
  /** `s3://bucket/prefix/` */
  readonly location: string;
  /** The partition holds no object any more. */
  readonly emptied?: boolean;
}

/** What an engine says it did. A run without one has failed, whatever its status says. */
export interface Manifest {
  readonly runId: string;
  readonly dataset: string;
  readonly engine: Engine;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly files: readonly FileOutcome[];
  readonly totals: { readonly rowsIn: number; readonly rowsOut: number; readonly rowsRejected: number };
  /** Every object written, processed and curated. */
  readonly outputs: readonly {
    readonly bucket: string;
    readonly key: string;
    readonly bytes: number;
    readonly rows: number;
  }[];
  readonly partitions: readonly TouchedPartition[];
  /** `s3://` addresses of objects of earlier versions that were removed. */
  readonly removed: readonly string[];
}

/**
 * What a source key has put into the lake so far, stored at `sources/<dataset>/<sourceId>.json` in the artifacts bucket.
 * `pending` is written before publishing and folded into `outputs` afterwards, so that a retry after a death half way
 * knows every object that may exist.
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

// ---- the ledger (one DynamoDB table: pk, sk; index `by-status` on status, updatedAt) -------------------------------

export type FileStatus = "CLAIMED" | "READY" | "RUNNING" | "DONE" | "QUARANTINED" | "SUPERSEDED" | "FAILED";

/** pk `file#<bucket>/<key>`, sk `<version>` */
export interface LedgerFile {
  readonly pk: string;
  readonly sk: string;
  readonly entity: "file";
  readonly status: FileStatus;
  readonly file: FileRef;
  readonly claimedAt: string;
  readonly updatedAt: string;
  readonly executionArn?: string;
  readonly dataset?: string;
  readonly verdict?: Verdict;
  readonly reason?: string;
  readonly runId?: string;
  /** Runs tried so far. */
  readonly attempts?: number;
  readonly rowsIn?: number;
  readonly rowsOut?: number;
  readonly rowsRejected?: number;
  /** Where the bytes are safe: `s3://…` */
  readonly quarantinedTo?: string;
}

// ---- what the state machine says to the functions -----------------------------------------------------------------

/** run-coordinator, action `ready`: marks a valid file READY and queues it. Conditional: a second call changes nothing. */
export interface ReadyRequest {
  readonly action: "ready";
  readonly verdict: Verdict;
  readonly executionArn: string;
}
/** run-coordinator, action `plan`: takes or renews the dataset's lease and collects READY files into a batch. */
export interface PlanRequest {
  readonly action: "plan";
  readonly dataset: string;
  readonly contractKey: string;
  readonly executionArn: string;
}
export type PlanResponse =
  /** Another execution holds the lease and will take the file. */
  | { readonly outcome: "handed-over"; readonly leaseOwner: string }
  /** Nothing is READY; the lease is released. */
  | { readonly outcome: "drained" }
  | {
      readonly outcome: "run";
      readonly runId: string;
      readonly engine: Engine;
      readonly batch: { readonly bucket: string; readonly key: string };
      readonly manifest: { readonly bucket: string; readonly key: string };
      readonly jobName: string;
      readonly scheduled: boolean;
      readonly files: number;
      readonly bytes: number;
    };
/** run-coordinator, action `commit`: requires the manifest and the counts to add up; ledger DONE, metrics, bus event. */
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
/** run-coordinator, action `fail`: puts the files back, or names those tried too often so that they are quarantined. */
export interface FailRequest {
  readonly action: "fail";
  readonly dataset: string;
  readonly runId: string;
  readonly executionArn: string;
  readonly batch: { readonly bucket: string; readonly key: string };
  readonly error: string;
  readonly cause: string;
}
export interface FailResponse {
  readonly requeued: number;
  readonly exhausted: readonly Verdict[];
}

/** light-etl. `too-large`: the aggregates need more than fits; the state machine turns to Spark. */
export interface EngineRequest {
  readonly batch: { readonly bucket: string; readonly key: string };
}
export type EngineResponse =
  | { readonly outcome: "done"; readonly manifest: { readonly bucket: string; readonly key: string } }
  | { readonly outcome: "too-large"; readonly bytes: number; readonly limit: number };

/** quarantine: copy with the verdict beside it, verify, remove the original version, tell ledger and topic. */
export interface QuarantineRequest {
  readonly verdict: Verdict;
  readonly executionArn: string;
}
export interface QuarantineResponse {
  readonly status: "quarantined";
  readonly location: string;
  readonly verdictLocation: string;
}

/** partition-registrar after a run. */
export interface RegisterRequest {
  readonly action: "register";
  readonly manifest: { readonly bucket: string; readonly key: string };
}
/** partition-registrar over a whole table: adds what is missing, reports what vanished. */
export interface SyncRequest {
  readonly action: "sync";
  readonly table: string;
  readonly removeVanished?: boolean;
}
export interface RegisterResponse {
  readonly status: "succeeded";
  readonly added: number;
  readonly existing: number;
  /** Existing ones that pointed elsewhere, or had the columns of an earlier contract. */
  readonly updated: number;
  readonly removed: number;
  /** Partitions of the catalog that hold no object any more: `key=value/…`. `sync` only. */
  readonly vanished: readonly string[];
  /** `s3://` folders below the table that are no partition of it. `sync` only. */
  readonly unexpected: readonly string[];
}
