import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../core/iam";

/** Statements about a bucket's objects under a prefix, without the rights to its key. */

export function readStatements(bucketArn: pulumi.Input<string>, prefix: string): Statement[] {
  return [
    {
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging"],
      resources: [pulumi.interpolate`${bucketArn}/${prefix}*`],
    },
    {
      actions: ["s3:ListBucket", "s3:ListBucketVersions"],
      resources: [bucketArn],
      // `IfExists`: reading one object that is not there carries no prefix, and S3 answers "not found" instead of "access
      // denied" only to those who may list: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
      ...(prefix ? { conditions: { StringLikeIfExists: { "s3:prefix": [`${prefix}*`] } } } : {}),
    },
    { actions: ["s3:GetBucketLocation"], resources: [bucketArn] },
  ];
}

export function writeStatements(bucketArn: pulumi.Input<string>, prefix: string): Statement[] {
  return [
    {
      actions: ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
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
