import * as kinesis from "@aws-sdk/client-kinesis";
import type { StreamArgs } from "@pulumi/aws/kinesis";
import { define, type Context, type Inputs } from "../../handler";
import { retag, tagMap } from "../../shape";

type Stream = Inputs<StreamArgs>;

/** What a stream is born with: https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html */
const BORN_RETENTION = 24;

const send = (ctx: Context): kinesis.KinesisClient => ctx.client(kinesis.KinesisClient);
const modeOf = (inputs: Stream): kinesis.StreamMode =>
  (inputs.streamModeDetails?.streamMode ?? "PROVISIONED") as kinesis.StreamMode;

async function retain(ctx: Context, StreamName: string, before: number, after: number): Promise<void> {
  const request = { StreamName, RetentionPeriodHours: after };
  if (after > before) await send(ctx).send(new kinesis.IncreaseStreamRetentionPeriodCommand(request));
  if (after < before) await send(ctx).send(new kinesis.DecreaseStreamRetentionPeriodCommand(request));
}

async function encrypt(ctx: Context, StreamName: string, inputs: Stream): Promise<void> {
  if (inputs.encryptionType === "KMS") {
    await send(ctx).send(
      new kinesis.StartStreamEncryptionCommand({ StreamName, EncryptionType: "KMS", KeyId: inputs.kmsKeyId }),
    );
  }
}

export const stream = define<StreamArgs>({
  type: "aws:kinesis/stream:Stream",
  outputs: [],
  replaceOn: ["name"],
  defaults: { encryptionType: "NONE", retentionPeriod: BORN_RETENTION },
  keeps: ["name", "arn", "shardCount", "streamModeDetails", "maxRecordSizeInKib", "warmThroughputMibPs"],
  unordered: ["shardLevelMetrics"],
  settings: ["enforceConsumerDeletion"],
  autoname: { property: "name", maxLength: 128 },
  taggable: true,
  check(inputs) {
    const onDemand = modeOf(inputs) === "ON_DEMAND";
    if (onDemand && inputs.shardCount) return [{ property: "shardCount", reason: "an ON_DEMAND stream has none" }];
    if (!onDemand && !inputs.shardCount) return [{ property: "shardCount", reason: "a PROVISIONED stream needs it" }];
    return [];
  },
  async create(ctx, inputs, exists) {
    const StreamName = inputs.name ?? "";
    await send(ctx).send(
      new kinesis.CreateStreamCommand({
        StreamName,
        ShardCount: inputs.shardCount,
        StreamModeDetails: { StreamMode: modeOf(inputs) },
      }),
    );
    exists(StreamName);
    await kinesis.waitUntilStreamExists(
      { client: send(ctx), maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 },
      { StreamName },
    );
    await retain(ctx, StreamName, BORN_RETENTION, inputs.retentionPeriod ?? BORN_RETENTION);
    await encrypt(ctx, StreamName, inputs);
    await retagged(ctx, StreamName, {}, inputs);
    return StreamName;
  },
  async read(ctx, StreamName, known) {
    const { StreamDescriptionSummary: held } = await send(ctx).send(
      new kinesis.DescribeStreamSummaryCommand({ StreamName }),
    );
    if (!held) return undefined;
    const { Tags } = await send(ctx).send(new kinesis.ListTagsForStreamCommand({ StreamName }));
    const onDemand = held.StreamModeDetails?.StreamMode === "ON_DEMAND";
    return {
      name: held.StreamName,
      arn: held.StreamARN,
      retentionPeriod: held.RetentionPeriodHours,
      encryptionType: held.EncryptionType ?? "NONE",
      kmsKeyId: held.EncryptionType === "KMS" ? held.KeyId : undefined,
      streamModeDetails: { streamMode: held.StreamModeDetails?.StreamMode ?? "PROVISIONED" },
      shardCount: onDemand ? undefined : held.OpenShardCount,
      shardLevelMetrics: known.shardLevelMetrics,
      tags: tagMap(Tags),
    };
  },
  async update(ctx, StreamName, olds, news, changed) {
    if (changed.has("retentionPeriod")) {
      await retain(ctx, StreamName, olds.retentionPeriod ?? BORN_RETENTION, news.retentionPeriod ?? BORN_RETENTION);
    }
    if (changed.has("encryptionType") || changed.has("kmsKeyId")) {
      if (olds.encryptionType === "KMS") {
        await send(ctx).send(
          new kinesis.StopStreamEncryptionCommand({ StreamName, EncryptionType: "KMS", KeyId: olds.kmsKeyId }),
        );
      }
      await encrypt(ctx, StreamName, news);
    }
    if (changed.has("streamModeDetails")) {
      await send(ctx).send(
        new kinesis.UpdateStreamModeCommand({
          StreamARN: String(olds.arn),
          StreamModeDetails: { StreamMode: modeOf(news) },
        }),
      );
    }
    if (changed.has("shardCount") && news.shardCount) {
      await send(ctx).send(
        new kinesis.UpdateShardCountCommand({
          StreamName,
          TargetShardCount: news.shardCount,
          ScalingType: "UNIFORM_SCALING",
        }),
      );
    }
    await retagged(ctx, StreamName, olds, news);
  },
  async delete(ctx, StreamName) {
    await send(ctx).send(new kinesis.DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true }));
  },
});

const retagged = (ctx: Context, StreamName: string, olds: Partial<Stream>, news: Stream): Promise<void> =>
  retag(
    olds,
    news,
    (TagKeys) => send(ctx).send(new kinesis.RemoveTagsFromStreamCommand({ StreamName, TagKeys })),
    (Tags) => send(ctx).send(new kinesis.AddTagsToStreamCommand({ StreamName, Tags })),
  );
