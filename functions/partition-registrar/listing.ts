import { paginateListObjectsV2 } from "@aws-sdk/client-s3";
import pMap from "p-map";
import type { PartitionLayout } from "../../contracts/compiled";
import { escapePathName, parsePartitionPath } from "../../contracts/partition-path";
import { s3 } from "../shared/aws";
import { NamedError } from "../shared/errors";
import type { WantedPartition } from "./partitions";

const LISTINGS_AT_ONCE = 32;

export interface Listing {
  readonly partitions: readonly WantedPartition[];
  /** The folders that are not a partition of the table. */
  readonly unexpected: readonly string[];
}

/** Tells an engine's working files by their name. Hive, Spark and Athena do not read them either. */
const hidden = (folder: string): boolean => folder.startsWith("_") || folder.startsWith(".");

/**
 * Finds the partitions that have objects, folder by folder. It makes as many requests as there are folders above the last
 * level, and never lists the objects themselves.
 */
export async function listPartitions(tableLocation: string, keys: readonly string[]): Promise<Listing> {
  const [, bucket, path = ""] = /^s3a?:\/\/([^/]+)\/?(.*)$/.exec(tableLocation) ?? [];
  if (bucket === undefined)
    throw new NamedError("InvalidRequest", `The table's location is "${tableLocation}"; allowed: s3://bucket/prefix/`);
  const root = path === "" || path.endsWith("/") ? path : `${path}/`;

  let folders = [""];
  for (let level = 0; level < keys.length; level++) {
    const below = await pMap(
      folders,
      async (folder) => {
        const found: string[] = [];
        const pages = paginateListObjectsV2(
          { client: s3() },
          { Bucket: bucket, Prefix: root + folder, Delimiter: "/" },
        );
        for await (const page of pages) {
          for (const { Prefix } of page.CommonPrefixes ?? []) {
            const below = (Prefix ?? "").slice((root + folder).length);
            if (!hidden(below)) found.push(folder + below);
          }
        }
        return found;
      },
      { concurrency: LISTINGS_AT_ONCE },
    );
    folders = below.flat();
  }
  const partitions: WantedPartition[] = [];
  const unexpected: string[] = [];
  const layout = layoutOf(folders, keys);
  for (const folder of folders) {
    const values = parsePartitionPath(layout, keys, folder);
    if (values) partitions.push({ values, location: `s3://${bucket}/${root}${folder}` });
    else unexpected.push(`s3://${bucket}/${root}${folder}`);
  }
  return { partitions, unexpected };
}

/** Tells the layout by the folders: `=` is escaped in values, so a folder that begins with `key=` is of the hive layout. */
const layoutOf = (folders: readonly string[], keys: readonly string[]): PartitionLayout =>
  folders.some((folder) => folder.startsWith(`${escapePathName(keys[0] ?? "")}=`)) ? "hive" : "folder";
