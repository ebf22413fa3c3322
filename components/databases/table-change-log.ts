import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CHANGE_LOG_COLUMNS } from "../../contracts/change-log";
import { alarm } from "../core/alarm";
import type { EncryptionKey } from "../core/encryption-key";
import { serviceRole } from "../core/iam";
import type { NotificationTopic } from "../core/notification-topic";
import { PlatformComponent } from "../core/platform-component";
import { PlatformFunction } from "../core/platform-function";
import type { DataLake } from "../storage/data-lake";
import type { DocumentTable } from "./document-table";

export interface TableChangeLogArgs {
  /** With a stream; of `both` for whole items before and after. */
  readonly table: DocumentTable;
  readonly lake: DataLake;
  readonly key: EncryptionKey;
  /** The Glue database that gets the table of changes. */
  readonly databaseName: pulumi.Input<string>;
  /** Name of that Glue table: lower-case letters, digits and underscores. Default: `<name>` with underscores. */
  readonly tableName?: string;
  /** A file is written after so many MiB, 64 to 128. */
  readonly bufferMiB?: number;
  /** … or after so many seconds, 0 to 900, whichever comes first. */
  readonly bufferSeconds?: number;
  /** Only changes that match one of them, in EventBridge's pattern language. */
  readonly filters?: readonly object[];
  readonly alerts?: NotificationTopic;
  readonly architecture?: "x86_64" | "arm64";
  readonly logRetentionDays?: number;
  readonly permissionsBoundary?: pulumi.Input<string>;
  readonly transform?: {
    readonly deliveryStream?: (args: aws.kinesis.FirehoseDeliveryStreamArgs) => aws.kinesis.FirehoseDeliveryStreamArgs;
  };
}

export const TABLE_CHANGE_LOG_DEFAULTS = { bufferMiB: 64, bufferSeconds: 300, logRetentionDays: 30 };

/**
 * Every change of a table as Parquet in the processed zone, queryable by day: stream → function → Firehose, which converts by
 * the schema of a Glue table. A change is delivered at least once; `event_id` tells repetitions apart.
 *
 * @example
 * const key = new EncryptionKey("orders", { description: "Orders" });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 * const orders = new DocumentTable("orders", {
 *   key, partitionKey: { name: "id", type: "string" }, stream: "both",
 * });
 * new TableChangeLog("order-changes", { table: orders, lake, key, databaseName: catalog.databaseName });
 */
export class TableChangeLog extends PlatformComponent {
  /** The Glue table: `event_name`, `changed_at`, `item_key`, `new_item`, `old_item` (JSON), by `day`. */
  readonly glueTableName: pulumi.Output<string>;
  readonly deliveryStreamName: pulumi.Output<string>;
  /** `s3://…/` */
  readonly location: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: TableChangeLogArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("databases", name, opts, "TableChangeLog");
    const bufferMiB = args.bufferMiB ?? TABLE_CHANGE_LOG_DEFAULTS.bufferMiB;
    const bufferSeconds = args.bufferSeconds ?? TABLE_CHANGE_LOG_DEFAULTS.bufferSeconds;
    const tableName = args.tableName ?? name.replaceAll("-", "_");
    this.check.matches("tableName", tableName, /^[a-z_][a-z0-9_]{0,254}$/, "lower-case letters, digits, underscores");
    // Firehose converts whole buffers: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
    this.check.integer("bufferMiB", bufferMiB, 64, 128);
    this.check.integer("bufferSeconds", bufferSeconds, 0, 900);

    const prefix = `changes/${name}/`;
    this.location = pulumi.interpolate`s3://${args.lake.zones.processed.bucketName}/${prefix}`;
    const glueTable = this.glueTable(tableName);
    const stream = this.deliveryStream(glueTable, prefix, bufferMiB, bufferSeconds);
    const relay = new PlatformFunction(
      `${name}-relay`,
      {
        code: "change-log",
        description: `Hands the changes of a table over to Firehose`,
        key: args.key,
        architecture: args.architecture,
        logRetentionDays: args.logRetentionDays,
        permissionsBoundary: args.permissionsBoundary,
        timeoutSeconds: 120,
        environment: { DELIVERY_STREAM: stream.name, POWERTOOLS_SERVICE_NAME: "change-log" },
        statements: [...args.table.grantStream(), { actions: ["firehose:PutRecordBatch"], resources: [stream.arn] }],
      },
      this.child(),
    );
    args.table.trigger(name, { function: relay, filters: args.filters, batchSize: 500 });
    alarm(
      `${name}-stale`,
      args.alerts,
      {
        description: `Changes wait more than ${bufferSeconds + 900} seconds to be written to the lake`,
        namespace: "AWS/Firehose",
        metric: "DeliveryToS3.DataFreshness",
        dimensions: { DeliveryStreamName: stream.name },
        statistic: "Maximum",
        threshold: bufferSeconds + 900,
      },
      this.child(),
    );
    this.glueTableName = glueTable.name;
    this.deliveryStreamName = stream.name;
    this.registerOutputs({
      glueTableName: this.glueTableName,
      deliveryStreamName: this.deliveryStreamName,
      location: this.location,
    });
  }

  private glueTable(tableName: string): aws.glue.CatalogTable {
    return new aws.glue.CatalogTable(
      `${this.name}-table`,
      {
        name: tableName,
        databaseName: this.args.databaseName,
        description: "Changes of a DynamoDB table",
        tableType: "EXTERNAL_TABLE",
        parameters: {
          classification: "parquet",
          EXTERNAL: "TRUE",
          "projection.enabled": "true",
          "projection.day.type": "date",
          "projection.day.format": "yyyy-MM-dd",
          "projection.day.range": "2020-01-01,NOW",
          "storage.location.template": pulumi.interpolate`${this.location}day=\${day}/`,
        },
        partitionKeys: [{ name: "day", type: "string", comment: "Day of delivery, UTC" }],
        storageDescriptor: {
          location: this.location,
          inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
          outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
          serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
          columns: CHANGE_LOG_COLUMNS.map((one) => ({ ...one })),
        },
      },
      this.child(),
    );
  }

  private deliveryStream(
    table: aws.glue.CatalogTable,
    prefix: string,
    bufferMiB: number,
    bufferSeconds: number,
  ): aws.kinesis.FirehoseDeliveryStream {
    const { lake, key, permissionsBoundary, logRetentionDays } = this.args;
    const { accountId, region, partition } = this.aws;
    const logs = new aws.cloudwatch.LogGroup(
      `${this.name}-delivery-logs`,
      { retentionInDays: logRetentionDays ?? TABLE_CHANGE_LOG_DEFAULTS.logRetentionDays, kmsKeyId: key.keyArn },
      this.child(),
    );
    const errors = new aws.cloudwatch.LogStream(
      `${this.name}-delivery-errors`,
      { logGroupName: logs.name },
      this.child(),
    );
    const catalog = (rest: pulumi.Input<string>): pulumi.Output<string> =>
      pulumi.interpolate`arn:${partition}:glue:${region}:${accountId}:${rest}`;
    const { role, policy } = serviceRole(
      `${this.name}-delivery-role`,
      {
        service: "firehose.amazonaws.com",
        description: "Writes changes of a table to the lake",
        sourceAccount: accountId,
        permissionsBoundary,
        statements: [
          ...lake.grantWrite("processed", prefix),
          {
            actions: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
            resources: [
              catalog("catalog"),
              catalog(pulumi.interpolate`database/${table.databaseName}`),
              catalog(pulumi.interpolate`table/${table.databaseName}/${table.name}`),
            ],
          },
          { actions: ["logs:PutLogEvents"], resources: [pulumi.interpolate`${logs.arn}:log-stream:*`] },
          ...key.grantEncryptDecrypt(),
        ],
      },
      this.child(),
    );
    const streamArgs: aws.kinesis.FirehoseDeliveryStreamArgs = {
      destination: "extended_s3",
      serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.keyArn },
      extendedS3Configuration: {
        bucketArn: lake.zones.processed.bucketArn,
        roleArn: role.arn,
        prefix: `${prefix}day=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `${prefix.replace(/^changes/, "changes-failed")}!{firehose:error-output-type}/`,
        bufferingSize: bufferMiB,
        bufferingInterval: bufferSeconds,
        kmsKeyArn: key.keyArn,
        cloudwatchLoggingOptions: { enabled: true, logGroupName: logs.name, logStreamName: errors.name },
        dataFormatConversionConfiguration: {
          inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
          outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "SNAPPY" } } },
          schemaConfiguration: {
            databaseName: table.databaseName,
            tableName: table.name,
            roleArn: role.arn,
            region,
          },
        },
      },
    };
    return new aws.kinesis.FirehoseDeliveryStream(
      `${this.name}-delivery`,
      this.args.transform?.deliveryStream?.(streamArgs) ?? streamArgs,
      this.mainChild({ dependsOn: policy ? [policy] : [] }),
    );
  }
}
