import { isNamed, messageOf, NamedError } from "../shared/errors";

/**
 * Errors of DuckDB that only the values of a file can cause, as the statements are always the same. Its other errors are those of
 * a statement, of the disk or of DuckDB itself, for which no file is to blame.
 */
const OF_VALUES = /^(Invalid Input|Conversion|Out of Range|Invalid Unicode|Mismatch Type) Error/;
/** What DuckDB and Node say when the memory or the disk is full. DuckDB has spilled what it could. */
const FULL = /^Out of Memory Error|No space left on device|ENOSPC/;

/** Tells whether the function's memory or disk is too small for the batch. */
export const isFull = (error: unknown): boolean => FULL.test(messageOf(error));

/** The error that a file cannot be read. It alone counts as an attempt of the file: see `blameOf`. */
export const unreadable = (what: string, cause?: unknown): NamedError =>
  new NamedError("UnreadableFile", what, cause === undefined ? {} : { cause });

/**
 * Gives an error that occurred while files were read the name `UnreadableFile`, if their bytes caused it or if they no longer exist:
 * no repetition brings a deleted file back.
 */
export function ofFiles(error: unknown, where: string): unknown {
  const { code } = error as { readonly code?: unknown };
  const isDamaged = typeof code === "string" && code.startsWith("Z_");
  const isGone = isNamed(error, "NoSuchKey", "NoSuchVersion");
  return isGone || isDamaged || OF_VALUES.test(messageOf(error))
    ? unreadable(`${where}: ${messageOf(error)}`, error)
    : error;
}
