import type { Row } from "../generic/row";
import type { Props } from "../handler";
import { BORN_RETENTION, withRetentionAndEncryption } from "../types/kinesis";

const modeOf = ({ streamModeDetails }: Props): unknown =>
  (streamModeDetails as Props | undefined)?.streamMode ?? "PROVISIONED";

export const KINESIS: readonly Row[] = [
  {
    type: "aws:kinesis/stream:Stream",
    service: "Kinesis",
    create: "CreateStream",
    id: "{name}",
    names: {
      arn: "StreamARN",
      kmsKeyId: "KeyId",
      retentionPeriod: "RetentionPeriodHours",
      shardCount: ["ShardCount", "TargetShardCount"],
    },
    read: "DescribeStreamSummary",
    update: [
      { operation: "UpdateStreamMode", for: ["streamModeDetails"] },
      { operation: "UpdateShardCount", for: ["shardCount"], with: { ScalingType: "UNIFORM_SCALING" } },
    ],
    delete: { operation: "DeleteStream", with: { EnforceConsumerDeletion: true } },
    wrap: withRetentionAndEncryption,
    unsent: ["encryptionType", "kmsKeyId", "retentionPeriod", "shardLevelMetrics"],
    sends: { streamModeDetails: { streamMode: "PROVISIONED" } },
    // MiniStack forgets the tags of the request that creates.
    tags: { later: true },
    computed: ({ item }) => ({
      encryptionType: item.EncryptionType ?? "NONE",
      kmsKeyId: item.EncryptionType === "KMS" ? item.KeyId : undefined,
      shardCount: item.StreamModeDetails?.StreamMode === "ON_DEMAND" ? undefined : item.OpenShardCount,
    }),
    replaceOn: ["name"],
    defaults: { encryptionType: "NONE", retentionPeriod: BORN_RETENTION },
    keeps: ["name", "arn", "shardCount", "streamModeDetails", "maxRecordSizeInKib", "warmThroughputMibPs"],
    unordered: ["shardLevelMetrics"],
    settings: ["enforceConsumerDeletion"],
    autoname: { property: "name", maxLength: 128 },
    check(inputs) {
      const onDemand = modeOf(inputs) === "ON_DEMAND";
      if (onDemand && inputs.shardCount) return [{ property: "shardCount", reason: "an ON_DEMAND stream has none" }];
      if (!onDemand && !inputs.shardCount) return [{ property: "shardCount", reason: "a PROVISIONED stream needs it" }];
      return [];
    },
  },
];
