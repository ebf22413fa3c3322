import type { EngineLimits } from "./engine";

const MEBIBYTE = 1024 ** 2;

/** The memory that Node, the AWS SDK, data in transit and allocations that DuckDB does not count take. */
const OTHERS = 400 * MEBIBYTE;
const MIN_MEMORY = 256 * MEBIBYTE;
const MAX_THREADS = 6;

/** Works out the engine's limits from the machine that it runs on. */
export function engineLimits(place: {
  /** The memory of the function, in MiB. */
  readonly memoryMegabytes: number;
  /** The bytes that are free where temporary files go. */
  readonly freeDisk: number;
  readonly processors: number;
  /** The bytes of Parquet that the aggregates may read. */
  readonly aggregates: number;
}): EngineLimits {
  const memory = Math.max(MIN_MEMORY, place.memoryMegabytes * MEBIBYTE - OTHERS);
  return {
    memory,
    // Each thread needs buffers of its own: with little memory fewer threads are faster.
    threads: Math.max(1, Math.min(place.processors, MAX_THREADS, Math.floor(memory / (192 * MEBIBYTE)))),
    // Half of the disk is for the text, the rest for what DuckDB spills and for Parquet.
    text: Math.floor(place.freeDisk / 2),
    aggregates: place.aggregates,
  };
}
