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

/** S3 answers 404 for what is not there, and 405 for a version that is a delete marker. */
export const isMissing = (error: unknown): boolean =>
  isNamed(error, "NoSuchKey", "NotFound", "NoSuchVersion", "MethodNotAllowed") || httpStatus(error) === 404;

/** An object's text, or undefined when there is none. */
export async function readText(address: ObjectAddress): Promise<string | undefined> {
  try {
    const answer = await s3().send(new GetObjectCommand({ Bucket: address.bucket, Key: address.key }));
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

/** What HeadObject says, checksums included, or undefined when there is no such object. */
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
 * The version that holds the bytes an event spoke of, where the event named only their ETag: the newest one with that
 * ETag. Undefined when those bytes are gone.
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
    // Keys come in order: past the one asked for there is nothing more to find.
    if (versions.some(({ Key }) => Key !== undefined && Key !== file.key)) return undefined;
  } while (page.IsTruncated);
  return undefined;
}

/** The value of the `x-amz-copy-source` header: every character of the key that has a meaning in a URL escaped. */
export function copySource(address: ObjectAddress, versionId?: string): string {
  const path = [address.bucket, ...address.key.split("/")].map(encodeURIComponent).join("/");
  return versionId === undefined ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
}

export interface CopyLimits {
  /** CopyObject refuses more: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
  readonly singleCopyBytes: number;
  readonly partBytes: number;
}
const COPY_LIMITS: CopyLimits = { singleCopyBytes: 5 * 1024 ** 3, partBytes: 512 * 1024 ** 2 };
const MOST_PARTS = 10_000;

/** Copies exactly the version and ETag named, whatever its size, without the bytes passing through the function. */
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
    const partBytes = Math.max(limits.partBytes, Math.ceil(source.size / MOST_PARTS));
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

/** An ETag is the MD5 of the bytes only for an object put in one part and not encrypted by KMS. */
const etagIsDigest = (object: HeadObjectCommandOutput): boolean =>
  /^"?[0-9a-f]{32}"?$/.test(object.ETag ?? "") && !(object.ServerSideEncryption ?? "").startsWith("aws:kms");

/**
 * How two objects are known to hold the same bytes: the strongest proof both offer. `different` when any disagrees.
 * S3 computes a full-object CRC for every upload by default, so `size` alone is left for old multipart uploads only.
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
