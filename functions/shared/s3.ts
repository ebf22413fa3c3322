import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import pMap from "p-map";
import type { FileRef } from "../../contracts/flow";
import { s3 } from "./aws";
import { httpStatus, isNamed } from "./errors";

export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

export const s3Uri = ({ bucket, key }: ObjectAddress): string => `s3://${bucket}/${key}`;

/** Tells a missing object by its error: S3 answers 404, and 405 for a version that is a delete marker. */
export const isMissing = (error: unknown): boolean =>
  isNamed(error, "NoSuchKey", "NotFound", "NoSuchVersion", "MethodNotAllowed") || httpStatus(error) === 404;

/** Reads an object's text; undefined when there is no such object. */
export async function readText(address: ObjectAddress, client = s3()): Promise<string | undefined> {
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: address.bucket, Key: address.key }));
    return (await answer.Body?.transformToString("utf-8")) ?? "";
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export async function writeJson(address: ObjectAddress, value: unknown): Promise<void> {
  await s3().send(
    new PutObjectCommand({
      Bucket: address.bucket,
      Key: address.key,
      Body: JSON.stringify(value, null, 1),
      ContentType: "application/json",
    }),
  );
}

/** Reads an object's metadata, checksums included; undefined when there is no such object. */
export async function head(address: ObjectAddress, versionId?: string): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await s3().send(
      new HeadObjectCommand({
        Bucket: address.bucket,
        Key: address.key,
        VersionId: versionId,
        ChecksumMode: "ENABLED",
      }),
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export const plainETag = (etag: string | undefined): string => (etag ?? "").replaceAll('"', "");

/**
 * Finds the version that holds an event's bytes where the event names only their ETag: the newest version with that ETag.
 * Undefined when those bytes no longer exist.
 */
export async function findVersion(file: Pick<FileRef, "bucket" | "key" | "etag">): Promise<string | undefined> {
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    page = await s3().send(
      new ListObjectVersionsCommand({
        Bucket: file.bucket,
        Prefix: file.key,
        KeyMarker: page?.NextKeyMarker,
        VersionIdMarker: page?.NextVersionIdMarker,
      }),
    );
    const versions = page.Versions ?? [];
    const found = versions.find(({ Key, ETag }) => Key === file.key && plainETag(ETag) === plainETag(file.etag));
    if (found) return found.VersionId;
    // Keys come in order: behind the wanted key no version of it can follow.
    if (versions.some(({ Key }) => Key !== undefined && Key !== file.key)) return undefined;
  } while (page.IsTruncated);
  return undefined;
}

/** Makes the value of the `x-amz-copy-source` header, with every character escaped that has a meaning in a URL. */
export function copySource(address: ObjectAddress, versionId?: string): string {
  const path = [address.bucket, ...address.key.split("/")].map(encodeURIComponent).join("/");
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
}

export interface CopyLimits {
  /** The largest object that CopyObject takes (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html). */
  readonly singleCopyBytes: number;
  readonly partBytes: number;
}
const COPY_LIMITS: CopyLimits = { singleCopyBytes: 5 * 1024 ** 3, partBytes: 512 * 1024 ** 2 };
const MAX_PARTS = 10_000;

/** Copies exactly the named version and ETag, whatever its size. The bytes do not pass through the function. */
export async function copyVersion(
  source: ObjectAddress & { readonly versionId?: string; readonly etag: string; readonly size: number },
  target: ObjectAddress,
  limits: CopyLimits = COPY_LIMITS,
): Promise<void> {
  const from = { CopySource: copySource(source, source.versionId), CopySourceIfMatch: source.etag };
  const to = { Bucket: target.bucket, Key: target.key };
  if (source.size <= limits.singleCopyBytes) {
    await s3().send(new CopyObjectCommand({ ...to, ...from, MetadataDirective: "COPY" }));
    return;
  }
  const { UploadId } = await s3().send(
    new CreateMultipartUploadCommand({ ...to, ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT" }),
  );
  try {
    const partBytes = Math.max(limits.partBytes, Math.ceil(source.size / MAX_PARTS));
    const starts = Array.from({ length: Math.ceil(source.size / partBytes) }, (_, index) => index * partBytes);
    const parts = await pMap(
      starts,
      async (start, index) => {
        const end = Math.min(start + partBytes, source.size) - 1;
        const answer = await s3().send(
          new UploadPartCopyCommand({
            ...to,
            ...from,
            UploadId,
            PartNumber: index + 1,
            CopySourceRange: `bytes=${start}-${end}`,
          }),
        );
        return {
          PartNumber: index + 1,
          ETag: answer.CopyPartResult?.ETag,
          ChecksumCRC64NVME: answer.CopyPartResult?.ChecksumCRC64NVME,
        };
      },
      { concurrency: 8 },
    );
    await s3().send(
      new CompleteMultipartUploadCommand({
        ...to,
        UploadId,
        ChecksumType: "FULL_OBJECT",
        MultipartUpload: { Parts: parts },
      }),
    );
  } catch (error) {
    await s3().send(new AbortMultipartUploadCommand({ ...to, UploadId }));
    throw error;
  }
}

const CHECKSUMS = [
  "ChecksumCRC64NVME",
  "ChecksumSHA256",
  "ChecksumSHA1",
  "ChecksumCRC32C",
  "ChecksumCRC32",
] as const satisfies readonly (keyof HeadObjectCommandOutput)[];

/** Tells whether an ETag is the MD5 of the bytes: only for an object put in one part and not encrypted by KMS. */
const etagIsDigest = (object: HeadObjectCommandOutput): boolean =>
  /^"?[0-9a-f]{32}"?$/.test(object.ETag ?? "") && !(object.ServerSideEncryption ?? "").startsWith("aws:kms");

/**
 * Tells how two objects are known to hold the same bytes: by the strongest proof that both offer. They are `different` when the
 * proof disagrees. S3 computes a full-object CRC for every upload by default, so `size` alone is left for old multipart uploads.
 */
export function sameBytes(
  a: HeadObjectCommandOutput,
  b: HeadObjectCommandOutput,
): { readonly by: "checksum" | "etag" | "size" } | { readonly different: string } {
  if (a.ContentLength !== b.ContentLength) {
    return { different: `${a.ContentLength} bytes there, ${b.ContentLength} here` };
  }
  const composite = [a, b].some(({ ChecksumType }) => ChecksumType === "COMPOSITE");
  const shared = composite ? undefined : CHECKSUMS.find((name) => a[name] !== undefined && b[name] !== undefined);
  if (shared) return a[shared] === b[shared] ? { by: "checksum" } : { different: `${shared} differs` };
  if (etagIsDigest(a) && etagIsDigest(b)) {
    return plainETag(a.ETag) === plainETag(b.ETag) ? { by: "etag" } : { different: "ETag differs" };
  }
  return { by: "size" };
}
