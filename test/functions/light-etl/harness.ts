/** A lake in memory to run batches against. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { compileContract } from "../../../contracts/compile";
import type { CompiledContract } from "../../../contracts/compiled";
import type { Batch, BatchFile, Dialect, EngineResponse, Manifest } from "../../../contracts/flow";
import { formatProblem } from "../../../contracts/problems";
import { readHeader } from "../../../contracts/header";
import { parseContract } from "../../../contracts/parse";
import { runBatch, type EngineLimits } from "../../../functions/light-etl/engine";
import { withWorkspace } from "../../../functions/light-etl/workspace";
import { sourceId } from "../../../functions/shared/files";
import { MemoryStore } from "./folder-store";

export const BUCKETS = {
  raw: "raw",
  processed: "processed",
  curated: "curated",
  quarantine: "quarantine",
  artifacts: "artifacts",
};

export const LIMITS: EngineLimits = { memory: 512 * 1024 ** 2, threads: 2, text: 4 * 1024 ** 3, aggregates: 1024 ** 3 };

export function compile(yaml: string): CompiledContract {
  const { contract, problems } = parseContract(yaml, "test.yaml");
  if (contract === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  return compileContract(contract);
}

export class TestLake {
  readonly store = new MemoryStore();
  readonly scratch = mkdtempSync(join(tmpdir(), "lake-test-"));
  private runs = 0;
  private sequence = 0;

  constructor(readonly compiled: CompiledContract) {
    this.deploy(compiled);
  }

  /** Puts a (changed) contract in place. */
  deploy(compiled: CompiledContract): void {
    this.store.put("artifacts", compiled.contractKey, JSON.stringify(compiled));
  }

  /** Drops a file, as the header validator would describe it to the engine. */
  drop(name: string, body: Buffer | string, given: { dialect?: Partial<Dialect>; sequencer?: string } = {}): BatchFile {
    const bytes = Buffer.from(body);
    const key = `${this.compiled.prefix}${name}`;
    const version = `v${++this.sequence}`;
    this.store.put("raw", `${key}@${version}`, bytes);
    const header = readHeader(
      bytes,
      { ...this.compiled.source, header: { ...this.compiled.source.header, allowEmpty: true } },
      {
        complete: true,
        expected: this.compiled.plan.columns.map((column) => column.source),
      },
    );
    if (!header.ok) throw new Error(header.message);
    return {
      bucket: "raw",
      key,
      version,
      versionId: version,
      etag: version,
      size: bytes.length,
      sequencer: given.sequencer ?? this.sequence.toString(16).padStart(8, "0"),
      eventTime: "2026-01-01T00:00:00.000Z",
      sourceId: sourceId({ bucket: "raw", key }),
      dialect: { ...header.dialect, ...given.dialect },
      columns: header.columns,
    };
  }

  /** Runs a batch as the Lambda function would. */
  async run(
    files: readonly BatchFile[],
    limits: Partial<EngineLimits> = {},
  ): Promise<{ response: EngineResponse; manifest: Manifest }> {
    const runId = `run-${++this.runs}`;
    const folder = `runs/${this.compiled.dataset}/${runId}`;
    const batch: Batch = {
      runId,
      dataset: this.compiled.dataset,
      database: "lake",
      contractKey: this.compiled.contractKey,
      engine: "light",
      scheduled: false,
      files,
      bytes: files.reduce((total, file) => total + file.size, 0),
      buckets: BUCKETS,
      manifestKey: `${folder}/manifest.json`,
    };
    this.store.put("artifacts", `${folder}/batch.json`, JSON.stringify(batch));
    const request = { batch: { bucket: "artifacts", key: `${folder}/batch.json` } };
    const root = join(this.scratch, "tmp");
    mkdirSync(root, { recursive: true });
    const response = await withWorkspace(
      (workspace) => runBatch(this.store, request, { ...LIMITS, ...limits }, workspace),
      root,
    );
    const manifest =
      response.outcome === "done" ? this.store.json<Manifest>("artifacts", batch.manifestKey) : undefined;
    return { response, manifest: manifest as Manifest };
  }

  /** What is left on the disk of the function. */
  leftovers(): string[] {
    return readdirSync(join(this.scratch, "tmp"));
  }

  /** Rows of the Parquet objects under a prefix, with the object's key as `__key`. */
  async rows(bucket: string, prefix: string, sql = "SELECT * FROM data"): Promise<Record<string, unknown>[]> {
    const folder = mkdtempSync(join(this.scratch, "read-"));
    const keys = this.store.keys(bucket).filter((key) => key.startsWith(prefix) && key.endsWith(".parquet"));
    if (keys.length === 0) return [];
    const paths = keys.map((key, i) => {
      const path = join(folder, `${i}.parquet`);
      writeFileSync(path, this.store.objects.get(`${bucket}/${key}`) ?? "");
      return path;
    });
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(
      `CREATE VIEW data AS SELECT * EXCLUDE (f) FROM read_parquet([${paths.map((path) => `'${path}'`).join(", ")}], union_by_name=true, hive_partitioning=false, filename='f')`,
    );
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    connection.closeSync();
    instance.closeSync();
    return rows;
  }

  dispose(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
