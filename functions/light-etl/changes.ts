/** What a run has changed in the lake so far, from which its manifest is made. */

import type { CompiledTable } from "../../contracts/compiled";
import type { Manifest, TouchedPartition } from "../../contracts/flow";
import type { Lake, Values } from "./lake";

/** The batch is too large for the light engine, but not for Spark. */
export class TooLarge extends Error {
  constructor(
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`${bytes} bytes are more than the limit of ${limit}`);
  }
}

export class Changes {
  readonly outputs: Manifest["outputs"][number][] = [];
  readonly partitions: TouchedPartition[] = [];
  readonly removed: string[] = [];

  constructor(private readonly lake: Lake) {}

  /** Notes that a partition got or lost objects. */
  touch(table: CompiledTable, keys: readonly string[], values: Values, emptied: boolean): void {
    const bucket = this.lake.batch.buckets[table.zone];
    const location = `s3://${bucket}/${this.lake.folderOf(table, keys, values)}`;
    this.partitions.push({ table: table.name, values, location, ...(emptied ? { emptied } : {}) });
  }

  /** Removes objects and notes that they are removed. */
  async remove(bucket: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.lake.store.remove(bucket, keys);
    this.removed.push(...keys.map((key) => `s3://${bucket}/${key}`));
  }
}
