/** Publishes what a run has made, so that a run repeated after a death half way ends in the same lake. */

import pMap from "p-map";
import type { BatchFile, FileOutcome, SourceState } from "../../contracts/flow";
import type { Upload } from "./aggregates";
import type { Changes } from "./changes";
import type { WrittenFile } from "./duck";
import { formerOutputs, identify, type Lake, type Values } from "./lake";

const TRANSFERS = 8;

/** What a run has made of its files. */
export interface Made {
  readonly files: readonly BatchFile[];
  readonly uploads: readonly Upload[];
  /** The file of rejected rows, by source. */
  readonly rejects: ReadonlyMap<string, WrittenFile>;
}

/** The steps of a publication, in the order in which they are called. */
export class Publication {
  /** The objects of earlier versions of the files that have to be removed. */
  readonly stale: readonly string[];
  /** The dataset's partitions that get or lose rows. */
  readonly touched: readonly Values[];

  constructor(
    private readonly lake: Lake,
    private readonly changes: Changes,
    private readonly states: ReadonlyMap<string, SourceState>,
    private readonly made: Made,
  ) {
    const { files, uploads } = made;
    const kept = new Set(uploads.map(({ key }) => key));
    this.stale = files.flatMap(({ sourceId }) => formerOutputs(states.get(sourceId)).filter((key) => !kept.has(key)));
    const touched = new Map<string, Values>();
    for (const values of [...uploads.map((one) => one.values), ...this.stale.map((key) => lake.valuesOf(key))]) {
      if (values !== undefined) touched.set(identify(values), values);
    }
    this.touched = [...touched.values()];
  }

  /** Records which objects may exist from now on, so that a run after a death half way finds them. */
  async announce(): Promise<void> {
    await this.lake.writeStates(
      this.made.files.map((file) => {
        const state = this.states.get(file.sourceId) ?? { ...identity(file), outputs: [] };
        const own = this.made.uploads.filter((upload) => upload.sourceId === file.sourceId).map(({ key }) => key);
        return { ...state, pending: [...new Set([...(state.pending ?? []), ...own])].sort() };
      }),
    );
  }

  /** Uploads rows and rejected rows, and removes those of earlier versions. */
  async publish(): Promise<void> {
    const { store, batch } = this.lake;
    const { processed, quarantine } = batch.buckets;
    const { files, uploads, rejects } = this.made;
    const all = [
      ...uploads.map((upload) => ({ ...upload, bucket: processed })),
      ...[...rejects].map(([sourceId, file]) => ({ ...file, bucket: quarantine, key: this.lake.rejectsKey(sourceId) })),
    ];
    await pMap(all, ({ bucket, key, path }) => store.writeFile(bucket, key, path), { concurrency: TRANSFERS });
    this.changes.outputs.push(...all.map(({ bucket, key, bytes, rows }) => ({ bucket, key, bytes, rows })));
    await this.changes.remove(processed, this.stale);
    const former = files.filter((file) => this.states.has(file.sourceId) && !rejects.has(file.sourceId));
    await store.remove(
      quarantine,
      former.map((file) => this.lake.rejectsKey(file.sourceId)),
    );
    for (const file of former) {
      const before = this.states.get(file.sourceId)?.outcome?.rejects;
      if (before !== undefined) this.changes.removed.push(`s3://${quarantine}/${before}`);
    }
  }

  /** Notes the dataset's own partitions for the manifest. A partition that lost its last object is emptied. */
  async notePartitions(): Promise<void> {
    const { store, table, keys, batch } = this.lake;
    if (keys.length === 0) return;
    const filled = new Set(this.made.uploads.map((one) => identify(one.values)));
    const isEmpty = async (values: Values): Promise<boolean> => {
      if (filled.has(identify(values))) return false;
      return (await store.list(batch.buckets.processed, this.lake.folderOf(table, keys, values))).length === 0;
    };
    const empty = await pMap(this.touched, isEmpty, { concurrency: TRANSFERS });
    for (const [i, values] of this.touched.entries()) this.changes.touch(table, keys, values, empty[i] ?? false);
  }

  /** Records what each source has in the lake now. */
  async settle(outcomes: readonly FileOutcome[]): Promise<void> {
    await this.lake.writeStates(
      this.made.files.map((file) => {
        const outcome = outcomes.find((one) => one.sourceId === file.sourceId);
        return { ...identity(file), outcome, outputs: outcome?.outputs ?? [] };
      }),
    );
  }
}

type Identity = Pick<SourceState, "sourceId" | "key" | "version" | "sequencer">;

const identity = ({ sourceId, key, version, sequencer }: BatchFile): Identity => ({
  sourceId,
  key,
  version,
  sequencer,
});
