import { PutObjectCommand } from "@aws-sdk/client-s3";
import pMap from "p-map";
import type { Batch, BatchFile } from "../../contracts/flow";
import { s3 } from "../shared/aws";
import { readText } from "../shared/s3";

/** The marker of a source in the artifacts bucket. The Spark engine (functions/glue/lake.py) knows the same place. */
export const markerKey = (dataset: string, sourceId: string): string => `markers/${dataset}/${sourceId}.csv`;

/** What a marker says: one row of one column, which no reader takes for a number. The Spark engine (functions/glue/job.py) compares it. */
export const markerText = ({ sourceId, version }: BatchFile): string => `${sourceId}/${version}\n`;

/**
 * Writes the markers that a scheduled run's job bookmark is over: one small object for each source, which names the version to
 * read. A marker that names this version already is left as it is, so that it is new to the bookmark exactly once for each
 * version of a file: https://docs.aws.amazon.com/glue/latest/dg/monitor-continuations.html.
 */
export async function writeMarkers(
  { dataset, files, buckets }: Pick<Batch, "dataset" | "files" | "buckets">,
  client = s3(),
): Promise<void> {
  await pMap(
    files,
    async (file) => {
      const address = { bucket: buckets.artifacts, key: markerKey(dataset, file.sourceId) };
      const text = markerText(file);
      if ((await readText(address, client)) === text) return;
      await client.send(
        new PutObjectCommand({ Bucket: address.bucket, Key: address.key, Body: text, ContentType: "text/csv" }),
      );
    },
    { concurrency: 32 },
  );
}
