/** A contract after compilation. The artifacts bucket holds it, both engines run it, and the catalog is made from it. */

export interface CompiledColumn {
  readonly name: string;
  /** The type in Glue and Athena, for example `bigint` or `decimal(10,2)`. */
  readonly type: string;
  readonly comment?: string;
  /** The column's parameters in the catalog, for example `pii`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export type PartitionLayout = "hive" | "folder" | "projection";

export interface CompiledTable {
  /** The name of the Glue table: the dataset's name, or `<dataset>_<aggregate>`. */
  readonly name: string;
  readonly zone: "processed" | "curated";
  /** The key prefix in the zone's bucket, with a trailing slash. */
  readonly prefix: string;
  readonly description: string;
  readonly columns: readonly CompiledColumn[];
  readonly partitionKeys: readonly CompiledColumn[];
  readonly layout: PartitionLayout;
  /** The table's parameters, those of partition projection among them. `${location}` stands for the table's S3 address. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CompiledAggregate {
  readonly name: string;
  readonly table: string;
  /** The dataset's partition keys that the aggregate is partitioned by: empty when it is one object. */
  readonly keys: readonly string[];
  /** A SELECT over a view `processed`, which has the dataset's rows with its partition columns. */
  readonly sql: string;
}

export interface EngineSql {
  /**
   * A SELECT over a view `raw`. The view has one nullable text column for each of `plan.columns`, named by its **name** (the
   * engine finds it in the file by its `source`; NULL where an optional column is not in the file), and
   * - `__source`: the file's source id;
   * - `__error`: NULL, or why the record cannot be read: `expected 5 fields, found 4`, `malformed quotes` or
   *   `invalid utf-8 bytes` (the file's encoding; a record holding U+FFFD after decoding), tested in the order `malformed
   *   quotes`, fields, bytes;
   * - `__line`: the record's text where `__error` is about its shape (fields, quotes), without its line end; else NULL.
   *
   * Records are read as RFC 4180 has it: a field is quoted when it begins with the quote; a quote within is doubled; what
   * follows the closing quote must be a delimiter or a line end, else the record, up to the end of that line, has `malformed
   * quotes`. So has the line with a quote that is never closed; reading goes on with the next one. A quote further inside an
   * unquoted field stands for itself. Lines end with LF, CRLF or CR; empty lines are skipped.
   *
   * It yields the contract's columns typed, derived partition keys, `__source`, `__reason` (NULL: accepted) and `__record`
   * (the rejected row as a JSON object of source names and texts, or `{"line": …}` when `__line` is set). Spark: session
   * time zone UTC, ANSI off.
   */
  readonly rows: string;
  readonly aggregates: readonly CompiledAggregate[];
}

export interface EtlPlan {
  /** The columns, in table order. `source` is the header's name. */
  readonly columns: readonly { readonly name: string; readonly source: string; readonly optional: boolean }[];
  /** How `source` and the file's column names are compared. */
  readonly headerCase: "sensitive" | "insensitive";
  /** The columns of the data files, in order, without the partition keys. */
  readonly output: readonly string[];
  readonly partitioning: { readonly layout: PartitionLayout; readonly keys: readonly CompiledColumn[] };
  readonly duckdb: EngineSql;
  readonly spark: EngineSql;
}

export interface CompiledContract {
  readonly version: 1;
  readonly dataset: string;
  readonly description: string;
  readonly owner: string;
  /** The key prefix in the raw zone, with a trailing slash. */
  readonly prefix: string;
  /** The key of this document in the artifacts bucket: `contracts/<prefix>contract.json`. */
  readonly contractKey: string;
  readonly trigger: { readonly kind: "event" } | { readonly kind: "schedule"; readonly schedule: string };
  readonly engine: "auto" | "light" | "spark";
  /** What the header validator compares a file with. */
  readonly source: {
    readonly delimiter: "," | ";" | "\t" | "|" | "auto";
    readonly quote: string;
    readonly encoding: "auto" | "utf-8" | "utf-16" | "latin-1";
    readonly header: {
      readonly ordered: boolean;
      readonly extraColumns: "reject" | "ignore";
      readonly case: "sensitive" | "insensitive";
      /** Whether a file of a header and no rows is valid. */
      readonly allowEmpty: boolean;
    };
  };
  /** The processed table first, then a table for each aggregate. */
  readonly tables: readonly CompiledTable[];
  readonly plan: EtlPlan;
  /** The ruleset of Glue Data Quality (DQDL), when the contract has rules about the dataset as a whole. */
  readonly quality?: string;
  /** Days until objects expire, by zone. Without them the lake's own rules apply. */
  readonly retention?: { readonly raw?: number; readonly processed?: number; readonly curated?: number };
}
