import * as s3 from "@aws-sdk/client-s3";
import type * as args from "@pulumi/aws/s3";
import { define, found, type Context, type Handler, type Inputs } from "../../handler";
import { tagList, toApi } from "../../shape";

interface NamedSetting<I> extends Partial<Pick<Handler, "defaults" | "unordered">> {
  readonly type: string;
  /** The request that would set it: checked, not sent. */
  put(Bucket: string, Id: string, inputs: I): object;
}

/**
 * A setting of which a bucket may have several, each with a name: the id is `<bucket>:<name>`. The emulator takes a request for one
 * of them for a request about the bucket itself, so that it is checked and recorded in the stack's state only: see `bridges.ts`.
 */
function recordedSetting<Args extends object>({ type, put, ...facts }: NamedSetting<Inputs<Args>>): Handler {
  type Known = Inputs<Args> & { readonly bucket: string; readonly name: string };
  const record = (ctx: Context, inputs: Inputs<Args>): string => {
    const { bucket, name } = inputs as Known;
    ctx.record(s3.S3Client, put(bucket, name, inputs));
    return `${bucket}:${name}`;
  };
  return define<Args>({
    outputs: [],
    ...facts,
    type,
    replaceOn: ["bucket", "name"],
    keeps: ["name"],
    autoname: { property: "name", maxLength: 64 },
    create: async (ctx, inputs) => record(ctx, inputs),
    async read(ctx, _id, known) {
      const Bucket = known.bucket as string | undefined;
      if (!Bucket) throw new Error(`${type} is recorded in the state only: there is nothing to import`);
      const bucket = await found(ctx.client(s3.S3Client).send(new s3.HeadBucketCommand({ Bucket })));
      return bucket && {};
    },
    update: async (ctx, _id, _olds, news) => void record(ctx, news),
    delete: async () => {},
  });
}

export const bucketIntelligentTieringConfiguration = recordedSetting<args.BucketIntelligentTieringConfigurationArgs>({
  type: "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
  defaults: { status: "Enabled" },
  unordered: ["tierings"],
  put: (Bucket, Id, { status = "Enabled", tierings, filter }) => {
    const tags = tagList(filter?.tags);
    const Prefix = filter?.prefix;
    const several = tags.length + (Prefix ? 1 : 0) > 1;
    return new s3.PutBucketIntelligentTieringConfigurationCommand({
      Bucket,
      Id,
      IntelligentTieringConfiguration: {
        Id,
        Status: status as s3.IntelligentTieringStatus,
        Tierings: toApi(tierings),
        Filter: filter && (several ? { And: { Prefix, Tags: tags } } : { Prefix, Tag: tags[0] }),
      },
    });
  },
});

export const inventory = recordedSetting<args.InventoryArgs>({
  type: "aws:s3/inventory:Inventory",
  defaults: { enabled: true },
  unordered: ["optionalFields"],
  put: (Bucket, Id, { enabled = true, destination, filter, includedObjectVersions, optionalFields, schedule }) => {
    const { bucketArn, encryption, ...to } = destination.bucket;
    return new s3.PutBucketInventoryConfigurationCommand({
      Bucket,
      Id,
      InventoryConfiguration: {
        Id,
        IsEnabled: enabled,
        Destination: {
          S3BucketDestination: {
            ...toApi<s3.InventoryS3BucketDestination>(to),
            Bucket: bucketArn,
            Encryption: encryption && toApi(encryption, { sseKms: "SSEKMS", sseS3: "SSES3" }),
          },
        },
        Filter: filter && { Prefix: filter.prefix ?? "" },
        IncludedObjectVersions: includedObjectVersions as s3.InventoryIncludedObjectVersions,
        OptionalFields: optionalFields as s3.InventoryOptionalField[] | undefined,
        Schedule: { Frequency: schedule.frequency as s3.InventoryFrequency },
      },
    });
  },
});
