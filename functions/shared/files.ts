import { createHash } from "node:crypto";
import type { FileRef } from "../../contracts/flow";

/** The name that stands for the dataset of a file that no contract claims. */
export const UNKNOWN_DATASET = "unknown-dataset";

/** Names every output of one source key, whatever its version: the first 16 hexadecimal digits of SHA-256 over `bucket/key`. */
export const sourceId = (file: Pick<FileRef, "bucket" | "key">): string =>
  createHash("sha256").update(`${file.bucket}/${file.key}`).digest("hex").slice(0, 16);

/**
 * Tells which of two events on one key came later: positive when `a` did. S3's sequencers are hexadecimal strings of differing
 * length, which are padded on the right and compared as text
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
 */
export function compareSequencers(a: string, b: string): number {
  const width = Math.max(a.length, b.length);
  const left = a.toLowerCase().padEnd(width, "0");
  const right = b.toLowerCase().padEnd(width, "0");
  return left === right ? 0 : left > right ? 1 : -1;
}

/** Sorts later files first: by sequencer, and by the time of the event where the sequencers are equal. */
export function laterFirst(a: FileRef, b: FileRef): number {
  return compareSequencers(b.sequencer, a.sequencer) || b.eventTime.localeCompare(a.eventTime);
}
