/** What a run has changed in the lake so far: the material of its manifest. */

import type { CompiledTable } from "../../contracts/compiled";
import type { Manifest, TouchedPartition } from "../../contracts/flow";
import type { Lake, Values } from "./lake";

/** More than the light engine can hold; Spark can. */
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

  /** A partition got or lost objects. */
  touch(table: CompiledTable, keys: readonly string[], values: Values, emptied: boolean): void {
    const bucket = this.lake.batch.buckets[table.zone];
    const location = `s3://${bucket}/${this.lake.folderOf(table, keys, values)}`;
    this.partitions.push({ table: table.name, values, location, ...(emptied ? { emptied } : {}) });
  }

  /** Removes objects and notes it. */
  async remove(bucket: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.lake.store.remove(bucket, keys);
    this.removed.push(...keys.map((key) => `s3://${bucket}/${key}`));
  }
}
