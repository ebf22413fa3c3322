/** Computes the aggregates of a run: it finds the partitions to compute anew and the objects that they are computed from. */

import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import pMap from "p-map";
import type { CompiledAggregate, CompiledTable } from "../../contracts/compiled";
import { DUCKDB } from "../../contracts/sql";
import type { Changes } from "./changes";
import { TooLarge } from "./changes";
import type { Duck, WrittenFile } from "./duck";
import { sqlType } from "./duck";
import type { Lake, Values } from "./lake";
import { identify } from "./lake";
import type { StoredObject } from "./store";
import { subfolder } from "./workspace";

const { identifier, text } = DUCKDB;

const TRANSFERS = 8;

/** A Parquet file on its way into the processed zone. */
export interface Upload extends WrittenFile {
  readonly sourceId: string;
  readonly values: Values;
  readonly key: string;
}

/** An object of the processed table that an aggregate reads; `path` when it is on the local disk already. */
interface Input extends StoredObject {
  readonly values: Values;
  readonly path?: string;
}

export interface AggregatePlan {
  readonly aggregate: CompiledAggregate;
  readonly table: CompiledTable;
  /** The aggregate's partitions to compute anew. */
  readonly partitions: readonly Values[];
  readonly inputs: readonly Input[];
}

export class Aggregates {
  constructor(
    private readonly lake: Lake,
    private readonly changes: Changes,
    private readonly workspace: string,
  ) {}

  /** Plans what the aggregates read and write. It fails before anything is published when that is too much. */
  async plan(
    uploads: readonly Upload[],
    stale: readonly string[],
    touched: readonly Values[],
    limit: number,
  ): Promise<readonly AggregatePlan[]> {
    const { lake } = this;
    const listings = new Map<string, Promise<readonly StoredObject[]>>();
    const listed = (prefix: string) => {
      const listing = listings.get(prefix) ?? lake.store.list(lake.batch.buckets.processed, prefix);
      listings.set(prefix, listing);
      return listing;
    };
    const plans: AggregatePlan[] = [];
    for (const aggregate of lake.compiled.plan.duckdb.aggregates) {
      const table = lake.compiled.tables.find((candidate) => candidate.name === aggregate.table);
      if (table === undefined) throw new Error(`${lake.batch.contractKey} has no table ${aggregate.table}`);
      const places = aggregate.keys.map((key) => lake.keys.indexOf(key));
      const own = (values: Values) => places.map((place) => values[place] ?? "");
      const partitions = new Map(touched.map((values) => [identify(own(values)), own(values)]));
      // Where the aggregate's keys come first among the dataset's, only their folders need to be listed.
      const leading = places.length > 0 && places.every((place, i) => place === i);
      const folders = leading
        ? [...partitions.values()].map((values) => lake.folderOf(lake.table, aggregate.keys, values))
        : [lake.table.prefix];
      const inputs = new Map<string, Input>();
      for (const found of await pMap(folders, listed, { concurrency: TRANSFERS })) {
        for (const object of found) {
          const values = lake.valuesOf(object.key);
          if (values !== undefined && partitions.has(identify(own(values))) && !stale.includes(object.key)) {
            inputs.set(object.key, { ...object, values });
          }
        }
      }
      for (const { key, values, path, bytes } of uploads) inputs.set(key, { key, values, path, bytes });
      const bytes = [...inputs.values()].reduce((total, input) => total + input.bytes, 0);
      if (bytes > limit) throw new TooLarge(bytes, limit);
      plans.push({ aggregate, table, partitions: [...partitions.values()], inputs: [...inputs.values()] });
    }
    return plans;
  }

  async compute(duck: Duck, plans: readonly AggregatePlan[]): Promise<void> {
    const local = await this.fetch(plans.flatMap(({ inputs }) => inputs));
    for (const plan of plans) await this.computeAggregate(duck, plan, local);
  }

  /** Fetches the processed objects to the local disk. Returns their paths by key. */
  private async fetch(inputs: readonly Input[]): Promise<ReadonlyMap<string, string>> {
    const folder = subfolder(this.workspace, "inputs");
    const wanted = [...new Map(inputs.map((input) => [input.key, input])).values()];
    const paths = await pMap(
      wanted,
      async ({ key, path }, i): Promise<[string, string]> => {
        if (path !== undefined) return [key, path];
        const to = join(folder, `${i}.parquet`);
        await pipeline(await this.lake.store.read(this.lake.batch.buckets.processed, key), createWriteStream(to));
        return [key, to];
      },
      { concurrency: TRANSFERS },
    );
    return new Map(paths);
  }

  private async computeAggregate(duck: Duck, plan: AggregatePlan, local: ReadonlyMap<string, string>): Promise<void> {
    const { aggregate, table, partitions, inputs } = plan;
    const { store, batch } = this.lake;
    await duck.run(`CREATE OR REPLACE TEMP VIEW processed AS ${await this.processedSql(duck, inputs, local)}`);
    await duck.run(`CREATE OR REPLACE TEMP TABLE aggregated AS ${aggregate.sql}`);
    const names = aggregate.keys.map((key) => identifier(key));
    const columns = table.columns.map(({ name }) => identifier(name)).join(", ");
    const folder = subfolder(this.workspace, "aggregates", table.name);
    const keys = table.partitionKeys;
    await duck.definePartitions("aggregate_parts", keys, partitions);
    const inPart = names.length === 0 ? ", aggregate_parts" : ` JOIN aggregate_parts USING (${names.join(", ")})`;
    const filled = await duck.query(`SELECT DISTINCT __p AS p FROM aggregated${inPart}`);
    const full = new Set(filled.map((row) => Number(row["p"])));
    for (const [i, values] of partitions.entries()) {
      const key = `${this.lake.folderOf(table, aggregate.keys, values)}part-0.parquet`;
      if (full.has(i)) {
        const sql = `SELECT ${columns} FROM aggregated${inPart} WHERE __p = ${i} ORDER BY ALL`;
        const written = await duck.copyTo(sql, join(folder, `${i}.parquet`));
        await store.writeFile(batch.buckets.curated, key, written.path);
        this.changes.outputs.push({ bucket: batch.buckets.curated, key, bytes: written.bytes, rows: written.rows });
      } else if ((await store.list(batch.buckets.curated, key)).length > 0) {
        await this.changes.remove(batch.buckets.curated, [key]);
      }
      if (names.length > 0) this.changes.touch(table, aggregate.keys, values, !full.has(i));
    }
  }

  /** Makes the SQL for the rows of processed objects, with the values of their partitions and in the table's present columns. */
  private async processedSql(
    duck: Duck,
    inputs: readonly Input[],
    local: ReadonlyMap<string, string>,
  ): Promise<string> {
    const { table, compiled } = this.lake;
    const keys = compiled.plan.partitioning.keys;
    const nothing = table.columns.map(({ name, type }) => `CAST(NULL AS ${sqlType(type)}) AS ${identifier(name)}`);
    const partitions = [...new Map(inputs.map(({ values }) => [identify(values), values])).values()];
    await duck.definePartitions("input_parts", keys, partitions);
    const ids = partitions.map(identify);
    await duck.run("CREATE OR REPLACE TEMP TABLE input_files (__path VARCHAR, __p BIGINT)");
    for (let i = 0; i < inputs.length; i += 500) {
      const rows = inputs
        .slice(i, i + 500)
        .map(({ key, values }) => `(${text(local.get(key) ?? "")}, ${ids.indexOf(identify(values))})`);
      await duck.run(`INSERT INTO input_files VALUES ${rows.join(", ")}`);
    }
    const empty = `SELECT ${nothing.join(", ")}, CAST(NULL AS VARCHAR) AS __path WHERE FALSE`;
    const paths = inputs.map(({ key }) => text(local.get(key) ?? "")).join(", ");
    const stored = `SELECT * FROM read_parquet([${paths}], filename='__path', union_by_name=true, hive_partitioning=false)`;
    return [
      `SELECT data.* EXCLUDE (__path), parts.* EXCLUDE (__p)`,
      `FROM (${inputs.length === 0 ? empty : `${empty} UNION ALL BY NAME ${stored}`}) AS data`,
      "JOIN input_files AS files USING (__path) JOIN input_parts AS parts USING (__p)",
    ].join(" ");
  }
}
