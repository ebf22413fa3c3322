import { createHash } from "node:crypto";
import * as s3 from "@aws-sdk/client-s3";
import type { BucketObjectv2Args } from "@pulumi/aws/s3";
import { contentOf } from "../../archive";
import { define, type Context, type Inputs, type Props } from "../../handler";
import { tagList } from "../../shape";
import { asset } from "../../../../evaluate/wire";
import { versionsOf } from "./versions";

type ObjectInputs = Inputs<BucketObjectv2Args>;

/** Inputs that travel with the bytes: a change of one means to put the object again. */
const HEADERS = {
  cacheControl: "CacheControl",
  contentDisposition: "ContentDisposition",
  contentEncoding: "ContentEncoding",
  contentLanguage: "ContentLanguage",
  contentType: "ContentType",
  bucketKeyEnabled: "BucketKeyEnabled",
  serverSideEncryption: "ServerSideEncryption",
  storageClass: "StorageClass",
  websiteRedirect: "WebsiteRedirectLocation",
  objectLockLegalHoldStatus: "ObjectLockLegalHoldStatus",
  objectLockMode: "ObjectLockMode",
} as const;

export const bucketObjectv2 = define<BucketObjectv2Args>({
  type: "aws:s3/bucketObjectv2:BucketObjectv2",
  outputs: ["arn", "versionId"],
  changing: ["versionId", "etag"],
  replaceOn: ["bucket", "key"],
  defaults: { storageClass: "STANDARD" },
  keeps: ["key", "etag", "contentType", "serverSideEncryption", "kmsKeyId", "bucketKeyEnabled", "storageClass", "acl"],
  settings: ["forceDestroy"],
  refuses: { overrideProvider: "the local cloud has no provider of its own an object could use" },
  autoname: { property: "key", maxLength: 1024 },
  taggable: true,
  deleteBeforeReplace: true,
  check: (inputs) => {
    const given = (["content", "contentBase64", "source"] as const).filter((name) => inputs[name] !== undefined);
    return given.length > 1
      ? [
          {
            property: given[1] ?? "",
            reason: `give one of content, contentBase64 and source, not ${given.join(" and ")}`,
          },
        ]
      : [];
  },
  async create(ctx, inputs) {
    return { id: `${bucketName(inputs)}/${inputs.key}`, outs: await put(ctx, inputs) };
  },
  async read(ctx, id, known) {
    const { Bucket, Key } = known.key ? { Bucket: bucketName(known), Key: known.key } : place(id);
    const client = ctx.client(s3.S3Client);
    const head = await client.send(new s3.HeadObjectCommand({ Bucket, Key }));
    const { TagSet } = await client.send(new s3.GetObjectTaggingCommand({ Bucket, Key }));
    const etag = head.ETag?.replace(/"/g, "");
    return {
      bucket: Bucket,
      key: Key,
      arn: `arn:${ctx.partition}:s3:::${Bucket}/${Key}`,
      versionId: head.VersionId,
      etag,
      metadata: head.Metadata,
      tags: Object.fromEntries((TagSet ?? []).map((tag) => [tag.Key, tag.Value])),
      ...Object.fromEntries(
        Object.entries(HEADERS).map(([name, header]) => [name, (head as unknown as Props)[header]] as const),
      ),
      storageClass: head.StorageClass ?? "STANDARD",
      // Bytes that are no longer those we put: the next update puts them again.
      ...(known.etag !== undefined && known.etag !== etag ? withoutContent(known) : {}),
    };
  },
  async update(ctx, _id, _olds, news, changed) {
    if ([...changed].some((name) => name !== "tags")) return put(ctx, news);
    await ctx.client(s3.S3Client).send(
      new s3.PutObjectTaggingCommand({
        Bucket: bucketName(news),
        Key: news.key,
        Tagging: { TagSet: tagList(news.tags) },
      }),
    );
  },
  async delete(ctx, id, known) {
    const { Bucket, Key } = known.key ? { Bucket: bucketName(known), Key: known.key } : place(id);
    const client = ctx.client(s3.S3Client);
    for await (const versions of versionsOf(client, Bucket, Key)) {
      for (const version of versions) {
        if (version.Key !== Key) continue;
        await client.send(
          new s3.DeleteObjectCommand({
            Bucket,
            Key,
            VersionId: version.VersionId,
            BypassGovernanceRetention: known.forceDestroy ? true : undefined,
          }),
        );
      }
    }
  },
});

const bucketName = ({ bucket }: Partial<ObjectInputs>): string => String(bucket);

function place(id: string): { Bucket: string; Key: string } {
  const slash = id.replace(/^s3:\/\//, "").indexOf("/");
  const path = id.replace(/^s3:\/\//, "");
  return { Bucket: path.slice(0, slash), Key: path.slice(slash + 1) };
}

/** Somebody else's bytes are in place of the program's: without its own, the difference shows. */
function withoutContent(known: Props): Props {
  const name = ["content", "contentBase64", "source"].find((property) => known[property] !== undefined);
  return name ? { [name]: undefined } : {};
}

async function put(ctx: Context, inputs: ObjectInputs): Promise<Props> {
  const source = asset(inputs.source);
  const Body = source
    ? await contentOf(source, ctx.directory)
    : Buffer.from(inputs.contentBase64 ?? inputs.content ?? "", inputs.contentBase64 ? "base64" : "utf8");
  const headers = Object.fromEntries(
    Object.entries(HEADERS).map(([name, header]) => [header, (inputs as Props)[name]]),
  );
  const { ETag } = await ctx.client(s3.S3Client).send(
    new s3.PutObjectCommand({
      ...headers,
      Bucket: bucketName(inputs),
      Key: inputs.key,
      Body,
      ContentMD5: createHash("md5").update(Body).digest("base64"),
      Metadata: inputs.metadata,
      SSEKMSKeyId: inputs.kmsKeyId,
      ServerSideEncryption: (inputs.serverSideEncryption ??
        (inputs.kmsKeyId ? "aws:kms" : undefined)) as s3.ServerSideEncryption,
      ACL: inputs.acl as s3.ObjectCannedACL | undefined,
      ChecksumAlgorithm: inputs.checksumAlgorithm as s3.ChecksumAlgorithm | undefined,
      ObjectLockRetainUntilDate: inputs.objectLockRetainUntilDate
        ? new Date(inputs.objectLockRetainUntilDate)
        : undefined,
      Tagging: new URLSearchParams(inputs.tags ?? {}).toString() || undefined,
    }),
  );
  return { etag: ETag?.replace(/"/g, "") };
}
