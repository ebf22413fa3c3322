import * as s3 from "@aws-sdk/client-s3";

export interface Version {
  readonly Key: string;
  readonly VersionId: string | undefined;
}

/** Every version and delete marker, a page at a time. */
export async function* versionsOf(client: s3.S3Client, Bucket: string, Prefix?: string): AsyncGenerator<Version[]> {
  let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (next) {
    const page: s3.ListObjectVersionsCommandOutput = await client.send(
      new s3.ListObjectVersionsCommand({ Bucket, Prefix, ...next }),
    );
    yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = "", VersionId }) => ({
      Key,
      VersionId,
    }));
    next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
}
