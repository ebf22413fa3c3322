import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../core/iam";

/** What a role reads besides the newest bytes of objects. */
export interface ReadOptions {
  /** Whether it also reads versions of objects that it names. */
  readonly versions?: boolean;
  /** Whether it also lists the versions of objects. */
  readonly versionLists?: boolean;
  /** Whether it also reads tags, as a copy of a tagged object does (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html). */
  readonly tags?: boolean;
}

/** How a role writes objects. */
export interface WriteOptions {
  /** Whether it also writes tags, as a copy of a tagged object does. */
  readonly tags?: boolean;
  /** Whether it writes large objects in parts, which it must be able to abort. */
  readonly parts?: boolean;
}

/** Statements about a bucket's objects under a prefix, without the rights to its key. */

export function readStatements(bucketArn: pulumi.Input<string>, prefix: string, options: ReadOptions): Statement[] {
  const { versions = false, versionLists = false, tags = false } = options;
  return [
    {
      actions: [
        "s3:GetObject",
        ...(versions ? ["s3:GetObjectVersion"] : []),
        ...(tags ? ["s3:GetObjectTagging"] : []),
        ...(versions && tags ? ["s3:GetObjectVersionTagging"] : []),
      ],
      resources: [pulumi.interpolate`${bucketArn}/${prefix}*`],
    },
    ...listStatements(bucketArn, prefix, versionLists),
  ];
}

export function listStatements(bucketArn: pulumi.Input<string>, prefix: string, versions: boolean): Statement[] {
  // Services such as DMS list a folder without the slash at its end.
  const prefixes = [`${prefix}*`, ...(prefix.endsWith("/") ? [prefix.slice(0, -1)] : [])];
  return [
    {
      actions: ["s3:ListBucket", ...(versions ? ["s3:ListBucketVersions"] : [])],
      resources: [bucketArn],
      // `IfExists`: reading one object that is not there carries no prefix, and S3 answers "not found" instead of "access
      // denied" only to those who may list: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
      ...(prefix ? { conditions: { StringLikeIfExists: { "s3:prefix": prefixes } } } : {}),
    },
  ];
}

export function writeStatements(bucketArn: pulumi.Input<string>, prefix: string, options: WriteOptions): Statement[] {
  const { tags = false, parts = false } = options;
  return [
    {
      actions: [
        "s3:PutObject",
        ...(tags ? ["s3:PutObjectTagging"] : []),
        ...(parts ? ["s3:AbortMultipartUpload"] : []),
      ],
      resources: [pulumi.interpolate`${bucketArn}/${prefix}*`],
    },
  ];
}

export function deleteStatements(bucketArn: pulumi.Input<string>, prefix: string, versions: boolean): Statement[] {
  return [
    {
      actions: ["s3:DeleteObject", ...(versions ? ["s3:DeleteObjectVersion"] : [])],
      resources: [pulumi.interpolate`${bucketArn}/${prefix}*`],
    },
  ];
}

/** The region of a bucket, which AWS's services ask for before they use it. */
export const locationStatements = (bucketArn: pulumi.Input<string>): Statement[] => [
  { actions: ["s3:GetBucketLocation"], resources: [bucketArn] },
];

/** What AWS's services ask of a bucket to which they write in parts: its region, the uploads that are under way, and their parts under a prefix. */
export const uploadStatements = (bucketArn: pulumi.Input<string>, prefix: string | undefined): Statement[] => [
  { actions: ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"], resources: [bucketArn] },
  ...(prefix === undefined
    ? []
    : [{ actions: ["s3:ListMultipartUploadParts"], resources: [pulumi.interpolate`${bucketArn}/${prefix}*`] }]),
];
