import { createHash } from "node:crypto";

/** The characters that AWS's provider adds to the name of a resource: a hyphen and seven hexadecimal digits. */
export const GENERATED_SUFFIX = 8;
const DIGITS = 8;

/**
 * Returns a name of at most `max` characters. A longer name is cut, and a hash of the whole name follows, so that two names that differ
 * behind the cut stay different. It is for names that are derived from what a user chooses, such as a dataset's.
 *
 * @example
 * shortened("ingestion-measurements_of_all_plants-due", 24); // "ingestion-measu-16e7a2c9"
 */
export function shortened(name: string, max: number): string {
  if (name.length <= max) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, DIGITS);
  return `${name.slice(0, max - DIGITS - 1)}-${hash}`;
}
