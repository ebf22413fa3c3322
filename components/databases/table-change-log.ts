import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { CHANGE_LOG_COLUMNS } from "../../contracts/change-log";
import type { EncryptionKey } from "../core/encryption-key";
import { logRetentionDays } from "../core/log-retention";
import type { NotificationTopic } from "../core/notification-topic";
import { PlatformComponent } from "../core/platform-component";
import { PlatformFunction, platformFunctionSettings } from "../core/platform-function";
import type { Settings } from "../core/settings";
import type { DataLake } from "../storage/data-lake";
import { LakeDelivery, lakeDeliverySettings, type LakeDeliveryArgs } from "../storage/lake-delivery";
import type { DocumentTable } from "./document-table";
import { streamTriggerSettings } from "./document-table/stream";

export const tableChangeLogSettings = z.strictObject({
  tableName: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,254}$/, "lower-case letters, digits, underscores")
    .optional()
    .describe("Name of the Glue table. When unset it is the component's name with underscores instead of hyphens."),
  bufferSeconds: lakeDeliverySettings.shape.bufferSeconds,
  filters: streamTriggerSettings.shape.filters,
  architecture: platformFunctionSettings.shape.architecture,
  logRetentionDays,
});

export interface TableChangeLogArgs extends Settings<typeof tableChangeLogSettings> {
  /** A table with a stream; a stream of `both` holds whole items before and after a change. */
  readonly table: DocumentTable;
  readonly lake: DataLake;
  readonly key: EncryptionKey;
  /** The Glue database that gets the table of changes. */
  readonly databaseName: pulumi.Input<string>;
  /** Receives an alarm when changes are late, or could not be delivered. */
  readonly alerts?: NotificationTopic;
  readonly transform?: LakeDeliveryArgs["transform"];
}

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
 * const alerts = new NotificationTopic("alerts", { key, emails: ["oncall@example.com"] });
 * new TableChangeLog("order-changes", { table: orders, lake, key, alerts, databaseName: catalog.databaseName });
 */
export class TableChangeLog extends PlatformComponent {
  /** The Glue table: `event_name`, `changed_at`, `item_key`, `new_item`, `old_item` (JSON), by `day`. */
  readonly glueTableName: pulumi.Output<string>;
  readonly deliveryStreamName: pulumi.Output<string>;
  /** Where the changes are: `s3://…/`. */
  readonly location: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: TableChangeLogArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("databases", "TableChangeLog", name, opts);
    const settings = this.settings(tableChangeLogSettings, {
      ...args,
      tableName: args.tableName ?? name.replaceAll("-", "_"),
    });
    const { tableName = "", bufferSeconds, filters, architecture, logRetentionDays } = settings;
    const prefix = `changes/${name}/`;
    this.location = pulumi.interpolate`s3://${args.lake.zones.processed.bucketName}/${prefix}`;
    const glueTable = this.glueTable(tableName);
    const delivery = new LakeDelivery(
      `${name}-delivery`,
      {
        lake: args.lake,
        key: args.key,
        prefix,
        parquet: { databaseName: glueTable.databaseName, tableName: glueTable.name },
        bufferSeconds,
        alerts: args.alerts,
        logRetentionDays,
        transform: args.transform,
      },
      this.child(),
    );
    const relay = new PlatformFunction(
      `${name}-relay`,
      {
        code: "change-log",
        description: "Sends the changes of a table to Firehose",
        key: args.key,
        alerts: args.alerts,
        architecture,
        logRetentionDays,
        timeoutSeconds: 120,
        environment: { DELIVERY_STREAM: delivery.streamName, POWERTOOLS_SERVICE_NAME: "change-log" },
        statements: [...args.table.grantStream(), ...delivery.grantPut()],
      },
      this.child(),
    );
    args.table.trigger(name, { function: relay, filters, batchSize: 500 });
    this.glueTableName = glueTable.name;
    this.deliveryStreamName = delivery.streamName;
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
}
