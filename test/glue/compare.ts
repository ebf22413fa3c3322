/** What two lakes hold, told through DuckDB's own reading of their Parquet. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { ZoneBuckets } from "../../contracts/flow";
import type { Lake } from "./lake";

export interface Table {
  /** Column name and type, in order. */
  readonly columns: readonly string[];
  /** Each row as JSON, sorted. */
  readonly rows: readonly string[];
}

export class Reader {
  private readonly folder = mkdtempSync(join(tmpdir(), "lake-"));
  private copies = 0;

  private constructor(private readonly duck: DuckDBConnection) {}

  static async open(): Promise<Reader> {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run("SET TimeZone = 'UTC'");
    return new Reader(connection);
  }

  /** All Parquet objects below a prefix whose key matches, as one table; no table when there is none. */
  async read(lake: Lake, zone: keyof ZoneBuckets, prefix: string, matching = ""): Promise<Table> {
    const keys = (await lake.keys(zone, prefix)).filter((key) => key.endsWith(".parquet") && key.includes(matching));
    if (keys.length === 0) return { columns: [], rows: [] };
    const folder = join(this.folder, String(++this.copies));
    mkdirSync(folder);
    const paths = new Map<string, string>();
    for (const [i, key] of keys.entries()) {
      const path = join(folder, `${i}.parquet`);
      paths.set(path, key);
      writeFileSync(path, (await lake.bytes(lake.buckets[zone], key)) ?? "");
    }
    const from = `read_parquet('${folder}/*.parquet', hive_partitioning=false, filename='__path')`;
    const described = await this.duck.runAndReadAll(`DESCRIBE SELECT * EXCLUDE (__path) FROM ${from}`);
    // The run's id may differ; where an object is matters as much as what it holds.
    const columns = described.getRowObjectsJS().map((row) => String(row["column_name"]));
    const told = columns.filter((name) => name !== "run_id").map((name) => `"${name}": "${name}"`);
    const found = await this.duck.runAndReadAll(
      `SELECT __path, CAST(to_json({${told.join(", ")}}) AS VARCHAR) AS row FROM ${from}`,
    );
    return {
      columns: described.getRowObjectsJS().map((row) => `${String(row["column_name"])} ${String(row["column_type"])}`),
      rows: found
        .getRowObjectsJS()
        .map((row) => `${paths.get(String(row["__path"]))} ${String(row["row"])}`)
        .sort(),
    };
  }

  close(): void {
    this.duck.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
