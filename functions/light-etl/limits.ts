import type { EngineLimits } from "./engine";

const MEBIBYTE = 1024 ** 2;

/**
 * DuckDB's part of the function's memory at most. Its limit is not a hard one: some of its operators allocate beyond it
 * (https://duckdb.org/docs/stable/operations_manual/limits.html). A function that exceeds its memory is ended without an answer.
 */
const DUCKDB_PART = 0.65;
/**
 * The bytes that Node, the AWS SDK, data in transit and what DuckDB does not count have at least: 250 to 425 MiB were measured.
 * They hardly grow with the memory, so that a small function has a smaller part for DuckDB.
 */
const OTHERS = 450 * MEBIBYTE;
const MAX_THREADS = 6;

/** Works out the engine's limits from the machine that it runs on. */
export function engineLimits(place: {
  /** The memory of the function, in MiB: 1,024 at least, or nothing is left for DuckDB. */
  readonly memoryMegabytes: number;
  /** The bytes that are free where temporary files go. */
  readonly freeDisk: number;
  readonly processors: number;
  /** The bytes of Parquet that the aggregates may read, if they fit on the disk. */
  readonly aggregates: number;
}): EngineLimits {
  const whole = place.memoryMegabytes * MEBIBYTE;
  const memory = Math.floor(Math.min(whole * DUCKDB_PART, whole - OTHERS));
  return {
    memory,
    // Each thread needs buffers of its own: with little memory fewer threads are faster.
    threads: Math.max(1, Math.min(place.processors, MAX_THREADS, Math.floor(memory / (192 * MEBIBYTE)))),
    // Half of the disk is for the text, the rest for what DuckDB spills and for Parquet. The text has gone when aggregates are read.
    text: Math.floor(place.freeDisk / 2),
    aggregates: Math.min(place.aggregates, Math.floor(place.freeDisk / 2)),
  };
}
