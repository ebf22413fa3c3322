import * as s3 from "@aws-sdk/client-s3";
import type * as args from "@pulumi/aws/s3";
import { define, found, type Handler, type Inputs, type Props } from "../../handler";
import { fromApi, toApi } from "../../shape";

interface Sender {
  send(command: object): Promise<object>;
}

interface NamedSetting<I> extends Partial<Pick<Handler, "defaults" | "unordered">> {
  readonly type: string;
  put(Bucket: string, Id: string, inputs: I): object;
  get(Bucket: string, Id: string): object;
  shape(answer: never): Props | undefined;
  remove(Bucket: string, Id: string): object;
}

/** A setting of which a bucket may have several, each with a name: the id is `<bucket>:<name>`. */
function namedSetting<Args extends object>({ type, put, get, shape, remove, ...facts }: NamedSetting<Inputs<Args>>): Handler {
  type Known = Inputs<Args> & { readonly bucket: string; readonly name: string };
  const place = (id: string): [string, string] => {
    const colon = id.indexOf(":");
    return [id.slice(0, colon), id.slice(colon + 1)];
  };
  return define<Args>({
    outputs: [],
    ...facts,
    type,
    replaceOn: ["bucket", "name"],
    keeps: ["name"],
    autoname: { property: "name", maxLength: 64 },
    async create(ctx, inputs) {
      const { bucket, name } = inputs as Known;
      await (ctx.client(s3.S3Client) as Sender).send(put(bucket, name, inputs));
      return `${bucket}:${name}`;
    },
    async read(ctx, id) {
      const [bucket, name] = place(id);
      const answer = await found((ctx.client(s3.S3Client) as Sender).send(get(bucket, name)));
      const props = answer && shape(answer as never);
      return props && { bucket, name, ...props };
    },
    async update(ctx, id, _olds, news) {
      await (ctx.client(s3.S3Client) as Sender).send(put(...place(id), news));
    },
    async delete(ctx, id) {
      await (ctx.client(s3.S3Client) as Sender).send(remove(...place(id)));
    },
  });
}

export const bucketIntelligentTieringConfiguration = namedSetting<args.BucketIntelligentTieringConfigurationArgs>({
  type: "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
  defaults: { status: "Enabled" },
  unordered: ["tierings"],
  put: (Bucket, Id, { status = "Enabled", tierings, filter }) => {
    const tags = Object.entries(filter?.tags ?? {}).map(([Key, Value]) => ({ Key, Value: String(Value) }));
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
  get: (Bucket, Id) => new s3.GetBucketIntelligentTieringConfigurationCommand({ Bucket, Id }),
  shape: ({ IntelligentTieringConfiguration: found }: s3.GetBucketIntelligentTieringConfigurationCommandOutput) =>
    found && {
      status: found.Status,
      tierings: fromApi(found.Tierings),
      filter: found.Filter && {
        prefix: found.Filter.Prefix ?? found.Filter.And?.Prefix,
        tags: Object.fromEntries(
          [...(found.Filter.And?.Tags ?? []), ...(found.Filter.Tag ? [found.Filter.Tag] : [])].map(({ Key, Value }) => [Key, Value]),
        ),
      },
    },
  remove: (Bucket, Id) => new s3.DeleteBucketIntelligentTieringConfigurationCommand({ Bucket, Id }),
});

export const inventory = namedSetting<args.InventoryArgs>({
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
  get: (Bucket, Id) => new s3.GetBucketInventoryConfigurationCommand({ Bucket, Id }),
  shape: ({ InventoryConfiguration: found }: s3.GetBucketInventoryConfigurationCommandOutput) => {
    if (!found) return undefined;
    const { Bucket, Encryption, ...to } = found.Destination?.S3BucketDestination ?? { Bucket: undefined };
    return {
      enabled: found.IsEnabled,
      includedObjectVersions: found.IncludedObjectVersions,
      optionalFields: found.OptionalFields,
      schedule: { frequency: found.Schedule?.Frequency },
      filter: found.Filter && { prefix: "Prefix" in found.Filter ? found.Filter.Prefix : undefined },
      destination: {
        bucket: {
          ...fromApi(to),
          bucketArn: Bucket,
          encryption: Encryption && fromApi(Encryption, { sseKms: "SSEKMS", sseS3: "SSES3" }),
        },
      },
    };
  },
  remove: (Bucket, Id) => new s3.DeleteBucketInventoryConfigurationCommand({ Bucket, Id }),
});
