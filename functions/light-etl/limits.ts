import type { EngineLimits } from "./engine";

const MEBIBYTE = 1024 ** 2;

/** What Node itself, the AWS SDK, pieces in transit and DuckDB's allocations outside its own accounts take. */
const OTHERS = 400 * MEBIBYTE;
const LEAST = 256 * MEBIBYTE;
const MOST_THREADS = 6;

/** How far the engine may go in the place it runs in. */
export function engineLimits(place: {
  /** Memory of the function, MiB. */
  readonly memoryMegabytes: number;
  /** Bytes free where temporary files go. */
  readonly freeDisk: number;
  readonly processors: number;
  /** Bytes of Parquet that the aggregates may read. */
  readonly aggregates: number;
}): EngineLimits {
  const memory = Math.max(LEAST, place.memoryMegabytes * MEBIBYTE - OTHERS);
  return {
    memory,
    // Each thread wants buffers of its own; with little memory fewer of them are faster.
    threads: Math.max(1, Math.min(place.processors, MOST_THREADS, Math.floor(memory / (192 * MEBIBYTE)))),
    // Half for the text, the rest for what DuckDB spills and for Parquet.
    text: Math.floor(place.freeDisk / 2),
    aggregates: place.aggregates,
  };
}
