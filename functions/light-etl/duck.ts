/** Runs DuckDB for one run of the engine: it loads decoded files, runs the plan and writes Parquet. */

import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import type { CompiledContract } from "../../contracts/compiled";
import type { BatchFile } from "../../contracts/flow";
import { bindColumns } from "../../contracts/header";
import { DUCKDB } from "../../contracts/sql";
import type { LogicalType } from "../../contracts/types";
import { duckdbType, parseType } from "../../contracts/types";
import type { DecodedFile } from "./decode";
import type { Values } from "./lake";

const { identifier, text } = DUCKDB;

export interface DuckLimits {
  /** The bytes of memory that DuckDB may use before it spills to disk. */
  readonly memory: number;
  readonly threads: number;
}

/** A decoded file and the file of the batch that it comes from. */
export interface LoadedFile {
  readonly file: BatchFile;
  readonly decoded: DecodedFile;
  readonly path: string;
  readonly malformedPath: string;
}

/** A Parquet file that DuckDB has written. */
export interface WrittenFile {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** The longest line that DuckDB reads by default. */
const USUAL_LINE = 1024 * 1024;

export class Duck {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  static async open(spill: string, limits: DuckLimits): Promise<Duck> {
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: `${limits.memory}B`,
      threads: String(limits.threads),
      temp_directory: spill,
      preserve_insertion_order: "false",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const duck = new Duck(instance, await instance.connect());
    await duck.run("SET TimeZone = 'UTC'");
    await duck.run("SET partitioned_write_max_open_files = 64");
    return duck;
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjectsJS();
  }

  /** Runs the plan over the files into a table `rows`. */
  async loadRows(compiled: CompiledContract, files: readonly LoadedFile[]): Promise<void> {
    const { columns } = compiled.plan;
    const nothing = columns.map(({ name }) => `CAST(NULL AS VARCHAR) AS ${identifier(name)}`);
    const views = alike(files).map((group) => rawSql(compiled, group));
    const malformed = files.filter(({ decoded }) => decoded.malformed > 0);
    if (malformed.length > 0) views.push(malformedSql(nothing, malformed));
    if (views.length === 0) {
      const rest = ["__source", "__error", "__line"].map((name) => `CAST(NULL AS VARCHAR) AS ${name}`);
      views.push(`SELECT ${[...nothing, ...rest].join(", ")} WHERE FALSE`);
    }
    for (const [i, view] of views.entries()) {
      await this.run(`CREATE OR REPLACE TEMP VIEW raw AS ${view}`);
      await this.run(`${i === 0 ? "CREATE TEMP TABLE rows AS" : "INSERT INTO rows"} ${compiled.plan.duckdb.rows}`);
    }
  }

  /** Makes the table `parts`: a number for each of the partitions. */
  async definePartitions(
    table: string,
    keys: readonly { readonly name: string; readonly type: string }[],
    partitions: readonly Values[],
  ): Promise<void> {
    const columns = keys.map(({ name, type }) => `${identifier(name)} ${sqlType(type)}`);
    await this.run(`CREATE OR REPLACE TEMP TABLE ${table} (${["__p BIGINT", ...columns].join(", ")})`);
    for (let i = 0; i < partitions.length; i += 500) {
      const rows = partitions
        .slice(i, i + 500)
        .map((values, k) => `(${[String(i + k), ...values.map((value) => text(value))].join(", ")})`);
      await this.run(`INSERT INTO ${table} VALUES ${rows.join(", ")}`);
    }
  }

  /** Writes a query's rows to one Parquet file. */
  async copyTo(sql: string, path: string): Promise<WrittenFile> {
    await this.run(`COPY (${sql}) TO ${text(path)} (FORMAT parquet, COMPRESSION zstd)`);
    const [written] = await this.describe([path]);
    if (written === undefined) throw new Error(`${path} was not written`);
    return written;
  }

  /** Writes a query's rows to Parquet files in folders `a=…/b=…/` below a folder. */
  async copyApart(sql: string, folder: string, by: readonly string[]): Promise<readonly WrittenFile[]> {
    await this.run(
      `COPY (${sql}) TO ${text(folder)} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (${by.join(", ")}), OVERWRITE_OR_IGNORE)`,
    );
    return this.describe(
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".parquet"))
        .sort()
        .map((name) => join(folder, name)),
    );
  }

  /** Reads what the files' own footers say. */
  private async describe(paths: readonly string[]): Promise<readonly WrittenFile[]> {
    if (paths.length === 0) return [];
    const found = await this.query(
      `SELECT file_name, num_rows FROM parquet_file_metadata([${paths.map(text).join(", ")}])`,
    );
    const rows = new Map(found.map((row) => [String(row["file_name"]), Number(row["num_rows"])]));
    return paths.map((path) => ({ path, rows: rows.get(path) ?? 0, bytes: statSync(path).size }));
  }
}

/** Returns DuckDB's type for a Glue type. */
export function sqlType(glueType: string): string {
  const type: LogicalType | string = parseType(glueType);
  if (typeof type === "string") throw new Error(type);
  return duckdbType(type);
}

/** Groups the files that one `read_csv` can read. */
function alike(files: readonly LoadedFile[]): readonly (readonly LoadedFile[])[] {
  const groups = new Map<string, LoadedFile[]>();
  for (const loaded of files) {
    const { file, decoded } = loaded;
    if (decoded.bytes === 0) continue;
    const key = JSON.stringify([
      file.dialect.delimiter,
      file.dialect.quote,
      file.columns,
      decoded.replaced ? file.dialect.encoding : "",
      decoded.longest > USUAL_LINE,
      decoded.lineEnd,
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [loaded]);
    else group.push(loaded);
  }
  return [...groups.values()];
}

function rawSql(compiled: CompiledContract, group: readonly LoadedFile[]): string {
  const [first] = group;
  if (first === undefined) throw new Error("no files");
  const { dialect, columns } = first.file;
  const inFile = columns.map((_, i) => `c${i}`);
  const bound = bindColumns(compiled.plan, columns);
  const replaced = first.decoded.replaced
    ? // The separator keeps two halves of the sign from meeting.
      `CASE WHEN contains(concat_ws(' ', ${inFile.join(", ")}), chr(65533)) THEN ${text(`invalid ${dialect.encoding} bytes`)} END`
    : "CAST(NULL AS VARCHAR)";
  const longest = Math.max(...group.map(({ decoded }) => decoded.longest));
  const quoted = `quote=${text(dialect.quote)}, escape=${text(dialect.quote)}`;
  // By default DuckDB may take a line end within quotes for the line end of the file, and then fails to read it.
  const lineEnd = first.decoded.lineEnd === "\n" ? "\\n" : "\\r\\n";
  const room =
    longest > USUAL_LINE
      ? `, max_line_size=${longest + 1024}, buffer_size=${Math.max(32 * 1024 * 1024, 2 * longest + 4096)}`
      : "";
  return [
    "SELECT",
    ...compiled.plan.columns.map(({ name }, i) => {
      const at = bound[i];
      return `  ${at === undefined ? "CAST(NULL AS VARCHAR)" : `c${at}`} AS ${identifier(name)},`;
    }),
    group.length === 1 ? `  ${text(first.file.sourceId)} AS __source,` : "  parse_filename(__file, true) AS __source,",
    `  ${replaced} AS __error,`,
    "  CAST(NULL AS VARCHAR) AS __line",
    `FROM read_csv([${group.map(({ path }) => text(path)).join(", ")}],`,
    `  columns={${inFile.map((name) => `'${name}': 'VARCHAR'`).join(", ")}},`,
    `  auto_detect=false, header=false, delim=${text(dialect.delimiter)}, ${quoted}, compression='none',`,
    `  new_line='${lineEnd}', null_padding=false, ignore_errors=false${group.length === 1 ? "" : ", filename='__file'"}${room})`,
  ].join("\n");
}

function malformedSql(nothing: readonly string[], files: readonly LoadedFile[]): string {
  const room = `max_line_size=${256 * 1024}`;
  return [
    `SELECT ${nothing.join(", ")}, parse_filename(__file, true) AS __source, error AS __error, coalesce(line, '') AS __line`,
    `FROM read_csv([${files.map(({ malformedPath }) => text(malformedPath)).join(", ")}],`,
    "  columns={'error': 'VARCHAR', 'line': 'VARCHAR'}, auto_detect=false, header=false, delim=',', quote='\"', escape='\"',",
    `  compression='none', new_line='\\n', filename='__file', ${room})`,
  ].join("\n");
}

/** Removes local files that the run no longer needs. */
export function discard(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}
