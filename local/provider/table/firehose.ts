import { isObject } from "../../../evaluate/wire";
import type { Row } from "../generic/row";
import type { Props } from "../handler";

const ELSEWHERE = "the local cloud delivers to S3: use extendedS3Configuration";

const S3 = "extendedS3Configuration";

/** Where the API's structures have the settings of a destination, and of the backup in it. */
const storageNames = (path: string): Record<string, string> => ({
  [`${path}.bufferingSize`]: "BufferingHints.SizeInMBs",
  [`${path}.bufferingInterval`]: "BufferingHints.IntervalInSeconds",
  [`${path}.kmsKeyArn`]: "EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN",
  [`${path}.unencrypted`]: "EncryptionConfiguration.NoEncryptionConfig",
});

const assumed = (given: unknown, settings: Props): Props | undefined =>
  isObject(given) ? { ...settings, ...given } : undefined;

/** What AWS's provider sends of a destination where the program says nothing. */
const storage = (given: unknown, more: Props = {}): Props | undefined =>
  assumed(given, {
    bufferingSize: 5,
    bufferingInterval: 300,
    compressionFormat: "UNCOMPRESSED",
    ...(isObject(given) && given.kmsKeyArn ? {} : { unencrypted: "NoEncryption" }),
    ...more,
  });

function prepared({ extendedS3Configuration: given, serverSideEncryption: encryption, ...rest }: Props): Props {
  const s3 = storage(given, { s3BackupMode: "Disabled" });
  return {
    ...rest,
    [S3]: s3 && {
      ...s3,
      dataFormatConversionConfiguration: assumed(s3.dataFormatConversionConfiguration, { enabled: true }),
      dynamicPartitioningConfiguration: assumed(s3.dynamicPartitioningConfiguration, {
        enabled: true,
        retryDuration: 300,
      }),
      processingConfiguration: assumed(s3.processingConfiguration, { enabled: true }),
      s3BackupConfiguration: storage(s3.s3BackupConfiguration),
    },
    serverSideEncryption:
      isObject(encryption) && encryption.enabled
        ? { keyType: encryption.keyType ?? "AWS_OWNED_CMK", keyArn: encryption.keyArn }
        : undefined,
  };
}

export const FIREHOSE: readonly Row[] = [
  {
    type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    service: "Firehose",
    create: {
      operation: "CreateDeliveryStream",
      with: ({ kinesisSourceConfiguration }) => ({
        DeliveryStreamType: kinesisSourceConfiguration ? "KinesisStreamAsSource" : "DirectPut",
      }),
    },
    id: "DeliveryStreamARN",
    names: {
      versionId: ["CurrentDeliveryStreamVersionId", "VersionId"],
      destinationId: ["DestinationId", "Destinations.0.DestinationId"],
      kinesisSourceConfiguration: ["KinesisStreamSourceConfiguration", "Source.KinesisStreamSourceDescription"],
      serverSideEncryption: "DeliveryStreamEncryptionConfigurationInput",
      [S3]: [
        "ExtendedS3DestinationConfiguration",
        "ExtendedS3DestinationUpdate",
        "Destinations.0.ExtendedS3DestinationDescription",
      ],
      ...storageNames(S3),
      [`${S3}.dynamicPartitioningConfiguration.retryDuration`]: "RetryOptions.DurationInSeconds",
      [`${S3}.s3BackupConfiguration`]: ["S3BackupConfiguration", "S3BackupUpdate", "S3BackupDescription"],
      ...storageNames(`${S3}.s3BackupConfiguration`),
    },
    read: { operation: "DescribeDeliveryStream" },
    update: [
      {
        operation: "UpdateDestination",
        for: [S3],
        // What an update does not mention stays.
        with: (_props, _ctx, { ExtendedS3DestinationUpdate }) => ({
          ExtendedS3DestinationUpdate: { Prefix: "", ErrorOutputPrefix: "", ...ExtendedS3DestinationUpdate },
        }),
      },
      { operation: "StartDeliveryStreamEncryption", off: "StopDeliveryStreamEncryption" },
    ],
    delete: "DeleteDeliveryStream",
    unsent: ["arn", "destination"],
    prepare: prepared,
    computed: ({ item, known, told }) => {
      const { Status, KeyType, KeyARN } = item.DeliveryStreamEncryptionConfiguration ?? {};
      const asked = known.serverSideEncryption as Props | undefined;
      return {
        destination: "extended_s3",
        // MiniStack does not keep all of a destination.
        [S3]: { ...(known[S3] as Props | undefined), ...(told[S3] as Props | undefined) },
        serverSideEncryption:
          Status === "ENABLED"
            ? { enabled: true, keyType: asked?.keyType ?? KeyType, keyArn: KeyARN }
            : asked && { ...asked, enabled: false },
      };
    },
    changing: ["versionId"],
    replaceOn: ["name", "kinesisSourceConfiguration", "destination"],
    keeps: ["name", "arn", "destinationId", "versionId"],
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
    check({ destination, extendedS3Configuration }) {
      if (destination !== "extended_s3")
        return [{ property: "destination", reason: `"${String(destination)}" is not here: ${ELSEWHERE}` }];
      return extendedS3Configuration ? [] : [{ property: S3, reason: "extended_s3 needs it" }];
    },
  },
];
