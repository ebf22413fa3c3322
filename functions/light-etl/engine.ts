/**
 * The light engine runs one batch through the contract's plan on DuckDB. Objects are streamed to the local disk, the plan runs
 * over them, Parquet files are uploaded, and the manifest is written last. Whatever happens before, running the batch again
 * ends in the same lake.
 */

import { basename, dirname, join } from "node:path";
import pMap from "p-map";
import type { CompiledContract } from "../../contracts/compiled";
import type {
  Batch,
  BatchFile,
  EngineRequest,
  EngineResponse,
  FileOutcome,
  Manifest,
  SourceState,
} from "../../contracts/flow";
import { DUCKDB } from "../../contracts/sql";
import { NamedError } from "../shared/errors";
import type { Upload } from "./aggregates";
import { Aggregates } from "./aggregates";
import { Changes, TooLarge } from "./changes";
import { decodeObject } from "./decode";
import type { DuckLimits, LoadedFile, WrittenFile } from "./duck";
import { discard, Duck } from "./duck";
import { isFull, ofFiles, unreadable } from "./errors";
import { chooseFiles, identify, Lake } from "./lake";
import { Publication } from "./publish";
import type { ObjectStore } from "./store";
import { subfolder } from "./workspace";

const { identifier, text } = DUCKDB;

export interface EngineLimits extends DuckLimits {
  /** The bytes of decoded text that a batch may have, because they have to fit on the local disk. */
  readonly text: number;
  /** The bytes of Parquet that the aggregates may have to read. */
  readonly aggregates: number;
}

const DOWNLOADS = 4;

/** Runs a batch. The workspace is an empty local folder, which the caller removes. */
export async function runBatch(
  store: ObjectStore,
  request: EngineRequest,
  limits: EngineLimits,
  workspace: string,
): Promise<EngineResponse> {
  const startedAt = new Date().toISOString();
  const batch = await document<Batch>(store, request.batch.bucket, request.batch.key);
  const compiled = await document<CompiledContract>(store, batch.buckets.artifacts, batch.contractKey);
  if (compiled.version !== 1 || compiled.dataset !== batch.dataset) {
    throw new NamedError("InvalidContract", `${batch.contractKey} is not the compiled contract of ${batch.dataset}.`);
  }
  const lake = new Lake(store, batch, compiled);
  const states = await lake.readStates([...new Set(batch.files.map((file) => file.sourceId))]);
  const { chosen, superseded } = chooseFiles(batch.files, states);
  const run = new Run(lake, states, limits, workspace);
  let outcomes: readonly FileOutcome[];
  try {
    outcomes = chosen.length === 0 ? [] : await run.execute(chosen);
  } catch (error) {
    if (error instanceof TooLarge) return { outcome: "too-large", bytes: error.bytes, limit: error.limit };
    if (isFull(error)) return { outcome: "too-large", bytes: batch.bytes, limit: limits.memory };
    throw error;
  }
  const files = batch.files.map(
    (file) =>
      outcomes.find((one) => one.sourceId === file.sourceId && one.version === file.version) ??
      supersededOutcome(file, superseded),
  );
  const sum = (count: "rowsIn" | "rowsOut" | "rowsRejected") => files.reduce((total, file) => total + file[count], 0);
  const manifest: Manifest = {
    runId: batch.runId,
    dataset: batch.dataset,
    engine: "light",
    startedAt,
    finishedAt: new Date().toISOString(),
    files,
    totals: { rowsIn: sum("rowsIn"), rowsOut: sum("rowsOut"), rowsRejected: sum("rowsRejected") },
    outputs: run.changes.outputs,
    partitions: run.changes.partitions,
    removed: [...run.changes.removed].sort(),
  };
  const { artifacts } = batch.buckets;
  await store.writeText(artifacts, batch.manifestKey, JSON.stringify(manifest, null, 1), "application/json");
  return { outcome: "done", manifest: { bucket: artifacts, key: batch.manifestKey } };
}

async function document<T>(store: ObjectStore, bucket: string, key: string): Promise<T> {
  const json = await store.readText(bucket, key);
  if (json === undefined) throw new NamedError("InvalidRequest", `s3://${bucket}/${key} does not exist.`);
  return JSON.parse(json) as T;
}

function supersededOutcome(file: BatchFile, superseded: readonly BatchFile[]): FileOutcome {
  if (!superseded.includes(file)) throw new Error(`${file.key} (${file.version}) was forgotten`);
  const { sourceId, key, version } = file;
  return { sourceId, key, version, rowsIn: 0, rowsOut: 0, rowsRejected: 0, outputs: [], superseded: true };
}

class Run {
  readonly changes: Changes;
  private readonly aggregates: Aggregates;

  constructor(
    private readonly lake: Lake,
    private readonly states: ReadonlyMap<string, SourceState>,
    private readonly limits: EngineLimits,
    private readonly workspace: string,
  ) {
    this.changes = new Changes(lake);
    this.aggregates = new Aggregates(lake, this.changes, workspace);
  }

  async execute(files: readonly BatchFile[]): Promise<readonly FileOutcome[]> {
    const loaded = await this.download(files);
    const duck = await Duck.open(subfolder(this.workspace, "spill"), this.limits);
    try {
      const { uploads, rejects } = await this.convert(duck, loaded, files).catch((error: unknown) => {
        throw ofFiles(error, files.map(({ key }) => key).join(", "));
      });
      await duck.run("DROP TABLE rows");
      const outcomes = loaded.map((one) => this.outcome(one, uploads, rejects));
      const publication = new Publication(this.lake, this.changes, this.states, { files, uploads, rejects });
      const { stale, touched } = publication;
      const aggregates = await this.aggregates.plan(uploads, stale, touched, this.limits.aggregates);
      await publication.announce();
      await publication.publish();
      await publication.notePartitions();
      await this.aggregates.compute(duck, aggregates);
      await publication.settle(outcomes);
      return outcomes;
    } finally {
      duck.close();
    }
  }

  /** Runs the plan over the files, into local Parquet files. */
  private async convert(duck: Duck, loaded: readonly LoadedFile[], files: readonly BatchFile[]) {
    await duck.loadRows(this.lake.compiled, loaded);
    discard(loaded.flatMap(({ path, malformedPath }) => [path, malformedPath]));
    return { uploads: await this.writeRows(duck), rejects: await this.writeRejects(duck, files) };
  }

  /** Streams every object to the local disk as records that DuckDB reads. */
  private async download(files: readonly BatchFile[]): Promise<readonly LoadedFile[]> {
    const good = subfolder(this.workspace, "records");
    const bad = subfolder(this.workspace, "malformed");
    const written = new Map<BatchFile, number>();
    return pMap(
      files,
      async (file) => {
        const path = join(good, `${file.sourceId}.csv`);
        const malformedPath = join(bad, `${file.sourceId}.csv`);
        const decode = async () =>
          decodeObject(await this.lake.store.read(file.bucket, file.key, file.versionId), {
            dialect: file.dialect,
            fields: file.columns.length,
            path,
            malformedPath,
            size: file.size,
            report: (bytes) => {
              written.set(file, bytes);
              const total = [...written.values()].reduce((sum, one) => sum + one, 0);
              if (total > this.limits.text) throw new TooLarge(total, this.limits.text);
            },
          });
        const decoded = await decode().catch((error: unknown) => {
          throw ofFiles(error, file.key);
        });
        return { file, decoded, path, malformedPath };
      },
      { concurrency: DOWNLOADS },
    );
  }

  /** Writes accepted rows as Parquet, a file for each partition and source. */
  private async writeRows(duck: Duck): Promise<readonly Upload[]> {
    const { plan } = this.lake.compiled;
    const keys = plan.partitioning.keys;
    const names = keys.map(({ name }) => identifier(name));
    const found =
      names.length === 0
        ? [{}]
        : await duck.query(
            `SELECT ${names.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`).join(", ")} FROM (SELECT DISTINCT ${names.join(", ")} FROM rows WHERE __reason IS NULL) ORDER BY ALL`,
          );
    const partitions = found.map((row) => keys.map(({ name }) => String(row[name])));
    await duck.definePartitions("parts", keys, partitions);
    const written = await duck.copyApart(
      [
        `SELECT ${plan.output.map((name) => `rows.${identifier(name)}`).join(", ")}, __source AS __s, __p`,
        names.length === 0 ? "FROM rows, parts" : `FROM rows JOIN parts USING (${names.join(", ")})`,
        "WHERE __reason IS NULL",
      ].join(" "),
      subfolder(this.workspace, "processed"),
      ["__p", "__s"],
    );
    const count = new Map<string, number>();
    return written.map((one) => {
      const sourceId = basename(dirname(one.path)).replace(/^__s=/, "");
      const values = partitions[Number(basename(dirname(dirname(one.path))).replace(/^__p=/, ""))] ?? [];
      const place = `${identify(values)} ${sourceId}`;
      const n = count.get(place) ?? 0;
      count.set(place, n + 1);
      return { ...one, sourceId, values, key: this.lake.outputKey(values, sourceId, n) };
    });
  }

  /** Writes rejected rows, a file for each source that has any. */
  private async writeRejects(duck: Duck, files: readonly BatchFile[]): Promise<ReadonlyMap<string, WrittenFile>> {
    const rejects = new Map<string, WrittenFile>();
    const found = await duck.query("SELECT DISTINCT __source FROM rows WHERE __reason IS NOT NULL");
    const folder = subfolder(this.workspace, "rejects");
    for (const file of files) {
      if (!found.some((row) => row["__source"] === file.sourceId)) continue;
      const columns = [
        `${text(file.key)} AS source_key`,
        `${text(file.version)} AS source_version`,
        `${text(this.lake.batch.runId)} AS run_id`,
        "__reason AS reason",
        "__record AS record",
      ];
      const sql = `SELECT ${columns.join(", ")} FROM rows WHERE __reason IS NOT NULL AND __source = ${text(file.sourceId)}`;
      rejects.set(file.sourceId, await duck.copyTo(sql, join(folder, `${file.sourceId}.parquet`)));
    }
    return rejects;
  }

  /** Puts a file's outcome together: rows in were counted while reading, the others come from the Parquet files' footers. */
  private outcome(
    { file, decoded }: LoadedFile,
    uploads: readonly Upload[],
    rejects: ReadonlyMap<string, WrittenFile>,
  ): FileOutcome {
    const own = uploads.filter((upload) => upload.sourceId === file.sourceId);
    const rejected = rejects.get(file.sourceId);
    const rowsOut = own.reduce((total, one) => total + one.rows, 0);
    const rowsRejected = rejected?.rows ?? 0;
    if (decoded.records !== rowsOut + rowsRejected) {
      // The splitter and DuckDB see different records in the same bytes.
      throw unreadable(
        `${file.key}: ${decoded.records} rows were read, but ${rowsOut} written and ${rowsRejected} rejected`,
      );
    }
    return {
      sourceId: file.sourceId,
      key: file.key,
      version: file.version,
      rowsIn: decoded.records,
      rowsOut,
      rowsRejected,
      outputs: own.map(({ key }) => key),
      ...(rejected === undefined ? {} : { rejects: this.lake.rejectsKey(file.sourceId) }),
    };
  }
}
