import * as firehose from "@aws-sdk/client-firehose";
import type { FirehoseDeliveryStreamArgs } from "@pulumi/aws/kinesis";
import { define, type Context, type Inputs } from "../../handler";
import { fromApi, tagChanges, tagList, tagMap, toApi, type Names } from "../../shape";

type Stream = Inputs<FirehoseDeliveryStreamArgs>;
type Destination = NonNullable<Stream["extendedS3Configuration"]>;
type Backup = NonNullable<Destination["s3BackupConfiguration"]>;

const send = (ctx: Context): firehose.FirehoseClient => ctx.client(firehose.FirehoseClient);

const NAMES: Names = { roleArn: "RoleARN" };

/** What destination and backup share. */
function storage(given: Destination | Backup): firehose.S3DestinationConfiguration {
  return {
    RoleARN: given.roleArn,
    BucketARN: given.bucketArn,
    Prefix: given.prefix,
    ErrorOutputPrefix: given.errorOutputPrefix,
    BufferingHints: { SizeInMBs: given.bufferingSize ?? 5, IntervalInSeconds: given.bufferingInterval ?? 300 },
    CompressionFormat: (given.compressionFormat ?? "UNCOMPRESSED") as firehose.CompressionFormat,
    EncryptionConfiguration: given.kmsKeyArn
      ? { KMSEncryptionConfig: { AWSKMSKeyARN: given.kmsKeyArn } }
      : { NoEncryptionConfig: "NoEncryption" },
    CloudWatchLoggingOptions: toApi(given.cloudwatchLoggingOptions),
  };
}

function conversion(
  given: Destination["dataFormatConversionConfiguration"],
): firehose.DataFormatConversionConfiguration | undefined {
  if (!given) return undefined;
  const { openXJsonSerDe, hiveJsonSerDe } = given.inputFormatConfiguration.deserializer;
  return {
    Enabled: given.enabled ?? true,
    SchemaConfiguration: toApi(given.schemaConfiguration, NAMES),
    InputFormatConfiguration: {
      Deserializer: {
        HiveJsonSerDe: toApi(hiveJsonSerDe),
        OpenXJsonSerDe: openXJsonSerDe && {
          CaseInsensitive: openXJsonSerDe.caseInsensitive,
          ConvertDotsInJsonKeysToUnderscores: openXJsonSerDe.convertDotsInJsonKeysToUnderscores,
          ColumnToJsonKeyMappings: openXJsonSerDe.columnToJsonKeyMappings as Record<string, string> | undefined,
        },
      },
    },
    OutputFormatConfiguration: toApi(given.outputFormatConfiguration),
  };
}

function destination(given: Destination): Omit<firehose.ExtendedS3DestinationConfiguration, "S3BackupConfiguration"> {
  const { dynamicPartitioningConfiguration: partitioning, processingConfiguration: processing } = given;
  return {
    ...storage(given),
    FileExtension: given.fileExtension,
    CustomTimeZone: given.customTimeZone,
    S3BackupMode: (given.s3BackupMode ?? "Disabled") as firehose.S3BackupMode,
    ProcessingConfiguration: processing && {
      Enabled: processing.enabled ?? true,
      Processors: toApi(processing.processors ?? []),
    },
    DataFormatConversionConfiguration: conversion(given.dataFormatConversionConfiguration),
    DynamicPartitioningConfiguration: partitioning && {
      Enabled: partitioning.enabled ?? true,
      RetryOptions: { DurationInSeconds: partitioning.retryDuration ?? 300 },
    },
  };
}

const encryption = ({
  serverSideEncryption: given,
}: Stream): firehose.DeliveryStreamEncryptionConfigurationInput | undefined =>
  given?.enabled
    ? { KeyType: (given.keyType ?? "AWS_OWNED_CMK") as firehose.KeyType, KeyARN: given.keyArn }
    : undefined;

const ELSEWHERE = "the local cloud delivers to S3: use extendedS3Configuration";

export const deliveryStream = define<FirehoseDeliveryStreamArgs>({
  type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  outputs: ["arn", "destinationId", "versionId"],
  changing: ["versionId"],
  replaceOn: ["name", "kinesisSourceConfiguration", "destination"],
  keeps: ["name"],
  refuses: {
    elasticsearchConfiguration: ELSEWHERE,
    httpEndpointConfiguration: ELSEWHERE,
    icebergConfiguration: ELSEWHERE,
    mskSourceConfiguration: "the local cloud has no Kafka",
    opensearchConfiguration: ELSEWHERE,
    opensearchserverlessConfiguration: ELSEWHERE,
    redshiftConfiguration: ELSEWHERE,
    snowflakeConfiguration: ELSEWHERE,
    splunkConfiguration: ELSEWHERE,
  },
  autoname: { property: "name", maxLength: 64 },
  taggable: true,
  check({ destination: kind, extendedS3Configuration }) {
    if (kind !== "extended_s3") return [{ property: "destination", reason: `"${kind}" is not here: ${ELSEWHERE}` }];
    return extendedS3Configuration ? [] : [{ property: "extendedS3Configuration", reason: "extended_s3 needs it" }];
  },
  async create(ctx, inputs) {
    const { extendedS3Configuration: given, kinesisSourceConfiguration: source } = inputs;
    if (!given) throw new Error("extended_s3 needs extendedS3Configuration");
    await send(ctx).send(
      new firehose.CreateDeliveryStreamCommand({
        DeliveryStreamName: inputs.name,
        DeliveryStreamType: source ? "KinesisStreamAsSource" : "DirectPut",
        KinesisStreamSourceConfiguration: source && {
          KinesisStreamARN: source.kinesisStreamArn,
          RoleARN: source.roleArn,
        },
        DeliveryStreamEncryptionConfigurationInput: encryption(inputs),
        ExtendedS3DestinationConfiguration: {
          ...destination(given),
          S3BackupConfiguration: given.s3BackupConfiguration && storage(given.s3BackupConfiguration),
        },
        Tags: inputs.tags && Object.keys(inputs.tags).length > 0 ? tagList(inputs.tags) : undefined,
      }),
    );
    return ctx.arn("firehose", `deliverystream/${inputs.name}`);
  },
  async read(ctx, id, known) {
    const name = nameOf(id);
    const { DeliveryStreamDescription: held } = await send(ctx).send(
      new firehose.DescribeDeliveryStreamCommand({ DeliveryStreamName: name }),
    );
    const { Tags } = await send(ctx).send(new firehose.ListTagsForDeliveryStreamCommand({ DeliveryStreamName: name }));
    const target = held?.Destinations?.[0];
    const s3 = target?.ExtendedS3DestinationDescription;
    const given: Partial<Destination> = known.extendedS3Configuration ?? {};
    const told = <T>(value: T | undefined, asked: unknown, assumed: T): T | undefined =>
      asked === undefined && (value ?? assumed) === assumed ? undefined : value;
    const key = held?.DeliveryStreamEncryptionConfiguration;
    return {
      name: held?.DeliveryStreamName,
      arn: held?.DeliveryStreamARN,
      versionId: held?.VersionId,
      destination: known.destination ?? "extended_s3",
      destinationId: target?.DestinationId,
      extendedS3Configuration: s3 && {
        ...given,
        bucketArn: s3.BucketARN,
        roleArn: s3.RoleARN,
        prefix: s3.Prefix || undefined,
        errorOutputPrefix: s3.ErrorOutputPrefix || undefined,
        bufferingSize: told(s3.BufferingHints?.SizeInMBs, given.bufferingSize, 5),
        bufferingInterval: told(s3.BufferingHints?.IntervalInSeconds, given.bufferingInterval, 300),
        compressionFormat: told<string>(s3.CompressionFormat, given.compressionFormat, "UNCOMPRESSED"),
        s3BackupMode: told<string>(s3.S3BackupMode, given.s3BackupMode, "Disabled"),
        kmsKeyArn: s3.EncryptionConfiguration?.KMSEncryptionConfig?.AWSKMSKeyARN,
        processingConfiguration: s3.ProcessingConfiguration?.Processors?.length
          ? fromApi(s3.ProcessingConfiguration)
          : given.processingConfiguration,
      },
      serverSideEncryption:
        key?.Status === "ENABLED"
          ? {
              enabled: true,
              keyType: told<string>(key.KeyType, known.serverSideEncryption?.keyType, "AWS_OWNED_CMK"),
              keyArn: key.KeyARN,
            }
          : known.serverSideEncryption && { ...known.serverSideEncryption, enabled: false },
      tags: tagMap(Tags?.map(({ Key, Value }) => ({ Key, Value }))),
    };
  },
  async update(ctx, id, olds, news, changed) {
    const DeliveryStreamName = nameOf(id);
    const given = news.extendedS3Configuration;
    if (changed.has("extendedS3Configuration") && given) {
      await send(ctx).send(
        new firehose.UpdateDestinationCommand({
          DeliveryStreamName,
          CurrentDeliveryStreamVersionId: String(olds.versionId),
          DestinationId: String(olds.destinationId),
          ExtendedS3DestinationUpdate: {
            ...destination(given),
            // What is not said in an update stays: an empty text takes it away.
            Prefix: given.prefix ?? "",
            ErrorOutputPrefix: given.errorOutputPrefix ?? "",
            S3BackupUpdate: given.s3BackupConfiguration && storage(given.s3BackupConfiguration),
          },
        }),
      );
    }
    if (changed.has("serverSideEncryption")) {
      const wanted = encryption(news);
      await (wanted
        ? send(ctx).send(
            new firehose.StartDeliveryStreamEncryptionCommand({
              DeliveryStreamName,
              DeliveryStreamEncryptionConfigurationInput: wanted,
            }),
          )
        : send(ctx).send(new firehose.StopDeliveryStreamEncryptionCommand({ DeliveryStreamName })));
    }
    const { set, remove } = tagChanges(olds.tags, news.tags);
    if (remove.length > 0)
      await send(ctx).send(new firehose.UntagDeliveryStreamCommand({ DeliveryStreamName, TagKeys: remove }));
    if (Object.keys(set).length > 0)
      await send(ctx).send(new firehose.TagDeliveryStreamCommand({ DeliveryStreamName, Tags: tagList(set) }));
  },
  async delete(ctx, id) {
    await send(ctx).send(new firehose.DeleteDeliveryStreamCommand({ DeliveryStreamName: nameOf(id) }));
  },
});

const nameOf = (arn: string): string => arn.split("/").at(-1) ?? arn;
