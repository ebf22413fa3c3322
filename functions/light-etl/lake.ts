/** The lake as the engine sees it: where its objects are, and which of them each source has written. */

import pMap from "p-map";
import type { CompiledContract, CompiledTable } from "../../contracts/compiled";
import type { Batch, BatchFile, SourceState } from "../../contracts/flow";
import { parsePartitionPath, partitionPath } from "../../contracts/partition-path";
import { compareSequencers } from "../shared/files";
import type { ObjectStore } from "./store";

const AT_ONCE = 16;

/** A partition's values, in the order of the table's keys. */
export type Values = readonly string[];

/** Makes one text of a partition's values, by which partitions are told apart. */
export const identify = (values: Values): string => JSON.stringify(values);

export class Lake {
  readonly table: CompiledTable;
  readonly keys: readonly string[];

  constructor(
    readonly store: ObjectStore,
    readonly batch: Batch,
    readonly compiled: CompiledContract,
  ) {
    const [table] = compiled.tables;
    if (table === undefined) throw new Error(`${batch.contractKey} has no tables`);
    this.table = table;
    this.keys = compiled.plan.partitioning.keys.map((key) => key.name);
  }

  outputKey(values: Values, sourceId: string, n: number): string {
    return `${this.folderOf(this.table, this.keys, values)}${sourceId}-${n}.parquet`;
  }

  rejectsKey(sourceId: string): string {
    return `rejected-rows/dataset=${this.batch.dataset}/${sourceId}.parquet`;
  }

  /** The key prefix of one partition of a table. */
  folderOf(table: CompiledTable, keys: readonly string[], values: Values): string {
    return table.prefix + partitionPath(this.compiled.plan.partitioning.layout, keys, values);
  }

  /** The values of an object's partition in the processed table; undefined when the object is not a data file of it. */
  valuesOf(key: string): Values | undefined {
    const below = key.startsWith(this.table.prefix) ? key.slice(this.table.prefix.length) : undefined;
    if (below === undefined || below.split("/").length !== this.keys.length + 1 || !below.endsWith(".parquet"))
      return undefined;
    return parsePartitionPath(this.compiled.plan.partitioning.layout, this.keys, below);
  }

  private stateKey(sourceId: string): string {
    return `sources/${this.batch.dataset}/${sourceId}.json`;
  }

  async readStates(sourceIds: readonly string[]): Promise<ReadonlyMap<string, SourceState>> {
    const texts = await pMap(sourceIds, (id) => this.store.readText(this.batch.buckets.artifacts, this.stateKey(id)), {
      concurrency: AT_ONCE,
    });
    return new Map(
      texts.flatMap((text, i) => (text === undefined ? [] : [[sourceIds[i] ?? "", JSON.parse(text) as SourceState]])),
    );
  }

  async writeStates(states: readonly SourceState[]): Promise<void> {
    await pMap(
      states,
      (state) =>
        this.store.writeText(
          this.batch.buckets.artifacts,
          this.stateKey(state.sourceId),
          JSON.stringify(state, null, 1),
          "application/json",
        ),
      { concurrency: AT_ONCE },
    );
  }
}

/** Chooses the files that count: the newest version of each key, unless a newer one was written before. */
export function chooseFiles(
  files: readonly BatchFile[],
  states: ReadonlyMap<string, SourceState>,
): { readonly chosen: readonly BatchFile[]; readonly superseded: readonly BatchFile[] } {
  const newest = new Map<string, BatchFile>();
  for (const file of files) {
    const other = newest.get(file.sourceId);
    if (other === undefined || compareSequencers(file.sequencer, other.sequencer) > 0) newest.set(file.sourceId, file);
  }
  const counts = (file: BatchFile) => {
    const state = states.get(file.sourceId);
    const overtaken =
      state !== undefined && state.version !== file.version && compareSequencers(state.sequencer, file.sequencer) > 0;
    return newest.get(file.sourceId) === file && !overtaken;
  };
  return { chosen: files.filter(counts), superseded: files.filter((file) => !counts(file)) };
}

/** Lists every object that a source may have in the processed zone. */
export function formerOutputs(state: SourceState | undefined): readonly string[] {
  return [...new Set([...(state?.outputs ?? []), ...(state?.pending ?? [])])];
}
