import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { alarm } from "../core/alarm";
import type { EncryptionKey } from "../core/encryption-key";
import { serviceRole, type Statement } from "../core/iam";
import { logGroup } from "../core/log-group";
import { logRetentionDays } from "../core/log-retention";
import type { NotificationTopic } from "../core/notification-topic";
import { PlatformComponent } from "../core/platform-component";
import type { Settings } from "../core/settings";
import { ZONES, type DataLake } from "./data-lake";

export const lakeDeliverySettings = z.strictObject({
  zone: z.enum(ZONES).default("processed").describe("Zone of the lake."),
  prefix: z
    .string()
    .regex(/^([A-Za-z0-9_.-]+\/)+$/, "folders of letters, digits, _ . - that end with /")
    .describe("Key prefix of the files; a folder a day follows: `day=2026-11-23/`."),
  bufferSeconds: z
    .int()
    .min(0)
    .max(900)
    .default(300)
    .describe("Seconds until records are written; sooner once there are 64 MiB of them."),
  logRetentionDays,
});

export interface LakeDeliveryArgs extends Settings<typeof lakeDeliverySettings> {
  readonly lake: DataLake;
  readonly key: EncryptionKey;
  /** Converts to Parquet by the columns of a Glue table. By default records stay lines of JSON, compressed with gzip. */
  readonly parquet?: { readonly databaseName: pulumi.Input<string>; readonly tableName: pulumi.Input<string> };
  /** Receives an alert when records wait much longer than they should. */
  readonly alerts?: NotificationTopic;
  readonly transform?: {
    readonly deliveryStream?: (args: aws.kinesis.FirehoseDeliveryStreamArgs) => aws.kinesis.FirehoseDeliveryStreamArgs;
  };
}

/** The size of a buffer that Firehose needs to convert records (https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html). */
const BUFFER_MIB = 64;
const LATE_SECONDS = 900;

/**
 * A Firehose stream into a zone of the lake, by day, as Parquet or as compressed JSON. It is encrypted in transit and at rest, logs
 * what could not be delivered, and raises an alarm when records are late.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key });
 * const events = new LakeDelivery("events", { lake, key, prefix: "events/" });
 */
export class LakeDelivery extends PlatformComponent {
  readonly streamName: pulumi.Output<string>;
  readonly streamArn: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: LakeDeliveryArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("storage", "LakeDelivery", name, opts);
    const { zone, prefix, bufferSeconds, logRetentionDays } = this.settings(lakeDeliverySettings, args);
    const logs = logGroup(this.scope, "logs", { key: args.key, logRetentionDays });
    const errors = new aws.cloudwatch.LogStream(`${name}-errors`, { logGroupName: logs.name }, this.child());
    const { role, policy } = serviceRole(this.scope, "role", {
      service: "firehose.amazonaws.com",
      description: `Lets Firehose write to ${prefix} of the data lake`,
      // Firehose states the account as the external id, and no other key that names its source:
      // https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#firehose-assume-role
      externalId: this.aws.accountId,
      statements: [
        // https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
        ...args.lake.grantReadWrite(zone, prefix, { parts: true }),
        ...args.lake.grantReadWrite(zone, `failed/${prefix}`, { parts: true }),
        ...args.lake.zones[zone].grantUploads(),
        ...this.schemaStatements(),
        { actions: ["logs:PutLogEvents"], resources: [pulumi.interpolate`${logs.arn}:log-stream:*`] },
        ...args.key.grantEncryptDecrypt(),
      ],
    });
    const streamArgs: aws.kinesis.FirehoseDeliveryStreamArgs = {
      destination: "extended_s3",
      serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: args.key.keyArn },
      extendedS3Configuration: {
        bucketArn: args.lake.zones[zone].bucketArn,
        roleArn: role.arn,
        prefix: `${prefix}day=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `failed/${prefix}!{firehose:error-output-type}/`,
        bufferingSize: BUFFER_MIB,
        bufferingInterval: bufferSeconds,
        kmsKeyArn: args.key.keyArn,
        cloudwatchLoggingOptions: { enabled: true, logGroupName: logs.name, logStreamName: errors.name },
        ...this.format(role.arn),
      },
    };
    const stream = new aws.kinesis.FirehoseDeliveryStream(
      `${name}-stream`,
      args.transform?.deliveryStream?.(streamArgs) ?? streamArgs,
      this.mainChild({ dependsOn: policy ? [policy] : [] }),
    );
    alarm(this.scope, "late", args.alerts, {
      description: `Records for ${prefix} of the data lake wait more than ${bufferSeconds + LATE_SECONDS} seconds for their delivery.`,
      namespace: "AWS/Firehose",
      metric: "DeliveryToS3.DataFreshness",
      dimensions: { DeliveryStreamName: stream.name },
      statistic: "Maximum",
      threshold: bufferSeconds + LATE_SECONDS,
    });
    this.streamName = stream.name;
    this.streamArn = stream.arn;
    this.registerOutputs({ streamName: this.streamName, streamArn: this.streamArn });
  }

  /** What a role needs to send records. */
  grantPut(): Statement[] {
    return [{ actions: ["firehose:PutRecordBatch"], resources: [this.streamArn] }];
  }

  private schemaStatements(): Statement[] {
    const { parquet } = this.args;
    if (!parquet) return [];
    const { accountId, region, partition } = this.aws;
    const catalog = (rest: pulumi.Input<string>): pulumi.Output<string> =>
      pulumi.interpolate`arn:${partition}:glue:${region}:${accountId}:${rest}`;
    return [
      {
        actions: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
        resources: [
          catalog("catalog"),
          catalog(pulumi.interpolate`database/${parquet.databaseName}`),
          catalog(pulumi.interpolate`table/${parquet.databaseName}/${parquet.tableName}`),
        ],
      },
    ];
  }

  private format(
    roleArn: pulumi.Output<string>,
  ): Partial<aws.types.input.kinesis.FirehoseDeliveryStreamExtendedS3Configuration> {
    const { parquet } = this.args;
    if (!parquet) return { compressionFormat: "GZIP", fileExtension: ".json.gz" };
    return {
      dataFormatConversionConfiguration: {
        inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
        outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "SNAPPY" } } },
        schemaConfiguration: { ...parquet, roleArn, region: this.aws.region },
      },
    };
  }
}
