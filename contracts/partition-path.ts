/** Writes partition values as S3 key prefixes, escaped as Hive and Spark escape them, so that all engines use the same names. */

import type { PartitionLayout } from "./compiled";

/** The characters that Hive's `FileUtils.escapePathName` escapes, the control characters included. */
const UNSAFE = /[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g;

/** Escapes one partition column or value. */
export function escapePathName(text: string): string {
  return text.replace(UNSAFE, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/** Undoes `escapePathName`. A `%` that starts no escape stands for itself, as in Hive. */
export function unescapePathName(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Writes the key prefix of a partition below its table's: `year=2013/month=1/` or `2013/1/`. It is empty without keys. */
export function partitionPath(layout: PartitionLayout, keys: readonly string[], values: readonly string[]): string {
  if (keys.length !== values.length) throw new Error(`expected ${keys.length} partition values, got ${values.length}`);
  return keys
    .map((key, i) => {
      const value = values[i] ?? "";
      if (value === "") throw new Error(`partition key ${key} has no value`);
      return layout === "folder" ? `${escapePathName(value)}/` : `${escapePathName(key)}=${escapePathName(value)}/`;
    })
    .join("");
}

/**
 * Reads the values in a key prefix below the table's; undefined when it is not one of the table's partitions. What follows the
 * partition's folders, such as a file name, is ignored.
 */
export function parsePartitionPath(
  layout: PartitionLayout,
  keys: readonly string[],
  path: string,
): readonly string[] | undefined {
  const parts = path.split("/");
  if (parts.length <= keys.length) return undefined;
  const values: string[] = [];
  for (const [i, key] of keys.entries()) {
    const part = parts[i] ?? "";
    const prefix = layout === "folder" ? "" : `${escapePathName(key)}=`;
    if (!part.startsWith(prefix) || part.length === prefix.length) return undefined;
    values.push(unescapePathName(part.slice(prefix.length)));
  }
  return values;
}
