import * as s3 from "@aws-sdk/client-s3";
import type { BucketArgs } from "@pulumi/aws/s3";
import { define, found, isGone, type Context } from "../../handler";
import { tagList, tagMap } from "../../shape";
import { versionsOf } from "./versions";

const split = (kind: string): string =>
  `use aws.s3.${kind} instead: the local cloud takes the settings of a bucket apart, as AWS does`;

/** What the console and CloudFront call the region's website endpoint's zone; needed by nobody locally, given for its shape. */
const HOSTED_ZONE = "Z3AQBSTGFYJSTF";

export const bucket = define<BucketArgs>({
  type: "aws:s3/bucket:Bucket",
  outputs: ["arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName", "hostedZoneId"],
  replaceOn: ["bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"],
  keeps: ["bucket"],
  settings: ["forceDestroy"],
  refuses: {
    acl: split("BucketAcl"),
    grants: split("BucketAcl"),
    accelerationStatus: split("BucketAccelerateConfiguration"),
    corsRules: split("BucketCorsConfiguration"),
    lifecycleRules: split("BucketLifecycleConfiguration"),
    logging: split("BucketLogging"),
    objectLockConfiguration: split("BucketObjectLockConfiguration"),
    policy: split("BucketPolicy"),
    replicationConfiguration: split("BucketReplicationConfig"),
    requestPayer: split("BucketRequestPaymentConfiguration"),
    serverSideEncryptionConfiguration: split("BucketServerSideEncryptionConfiguration"),
    versioning: split("BucketVersioning"),
    website: split("BucketWebsiteConfiguration"),
  },
  autoname: {
    property: "bucket",
    prefix: "bucketPrefix",
    maxLength: 63,
    transform: (name) => name.toLowerCase().replace(/_/g, "-"),
  },
  taggable: true,
  async create(ctx, { bucket: name = "", objectLockEnabled, tags }, exists) {
    const client = ctx.client(s3.S3Client);
    await client.send(
      new s3.CreateBucketCommand({
        Bucket: name,
        ObjectLockEnabledForBucket: objectLockEnabled,
        // us-east-1 is said by saying nothing: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        ...(ctx.region === "us-east-1"
          ? {}
          : { CreateBucketConfiguration: { LocationConstraint: ctx.region as s3.BucketLocationConstraint } }),
      }),
    );
    exists(name);
    if (Object.keys(tags ?? {}).length > 0) await putTags(client, name, tags);
    return name;
  },
  async read(ctx, name) {
    const client = ctx.client(s3.S3Client);
    const head = await found(client.send(new s3.HeadBucketCommand({ Bucket: name })));
    if (!head) return undefined;
    const tagging = await found(client.send(new s3.GetBucketTaggingCommand({ Bucket: name })));
    const lock = await found(client.send(new s3.GetObjectLockConfigurationCommand({ Bucket: name })));
    const region = head.BucketRegion ?? ctx.region;
    return {
      bucket: name,
      arn: `arn:${ctx.partition}:s3:::${name}`,
      bucketDomainName: `${name}.s3.amazonaws.com`,
      bucketRegion: region,
      bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      hostedZoneId: HOSTED_ZONE,
      objectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled",
      tags: tagMap(tagging?.TagSet),
    };
  },
  async update(ctx, name, _olds, { tags }, changed) {
    if (changed.has("tags")) await putTags(ctx.client(s3.S3Client), name, tags);
  },
  async delete(ctx, name, { forceDestroy }) {
    const client = ctx.client(s3.S3Client);
    if (forceDestroy) await empty(client, name);
    else await refuseUnlessEmpty(ctx, name);
    await client.send(new s3.DeleteBucketCommand({ Bucket: name }));
  },
});

async function putTags(client: s3.S3Client, name: string, tags: unknown): Promise<void> {
  const TagSet = tagList(tags);
  if (TagSet.length > 0) await client.send(new s3.PutBucketTaggingCommand({ Bucket: name, Tagging: { TagSet } }));
  else await client.send(new s3.DeleteBucketTaggingCommand({ Bucket: name }));
}

/** AWS keeps a bucket that holds as much as one old version or delete marker. */
async function refuseUnlessEmpty(ctx: Context, name: string): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await ctx
    .client(s3.S3Client)
    .send(new s3.ListObjectVersionsCommand({ Bucket: name, MaxKeys: 1 }));
  if (Versions.length + DeleteMarkers.length === 0) return;
  const error = new Error(
    `The bucket you tried to delete is not empty (${name}): empty it, every version included, or set forceDestroy`,
  );
  error.name = "BucketNotEmpty";
  throw error;
}

async function empty(client: s3.S3Client, name: string): Promise<void> {
  try {
    for await (const Objects of versionsOf(client, name)) {
      if (Objects.length === 0) continue;
      const { Errors = [] } = await client.send(
        new s3.DeleteObjectsCommand({
          Bucket: name,
          Delete: { Objects, Quiet: true },
          BypassGovernanceRetention: true,
        }),
      );
      const [first] = Errors;
      if (first)
        throw Object.assign(new Error(`${first.Key}: ${first.Message}`), { name: first.Code ?? "DeleteFailed" });
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
