import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "../../core/alarm";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import { dataProtection, type Protection } from "../../core/protection";
import type { Resolved, Settings } from "../../core/settings";
import { autoscale, capacityArgs, checkCapacity } from "./capacity";
import { keySchema, projectionOf } from "./keys";
import { checkOrigin, originArgs } from "./origin";
import { CLASSES, documentTableSettings, VIEWS } from "./settings";
import { streamTrigger, type StreamTriggerArgs } from "./stream";

type TableSettings = Resolved<typeof documentTableSettings>;

export interface DocumentTableArgs extends Settings<typeof documentTableSettings> {
  readonly key: EncryptionKey;
  /** Receives alarms about throttling and failures. */
  readonly alerts?: NotificationTopic;
  readonly protection?: Protection;
  readonly transform?: { readonly table?: (args: aws.dynamodb.TableArgs) => aws.dynamodb.TableArgs };
}

const INSIGHTS = { accessedAndThrottled: "ACCESSED_AND_THROTTLED_KEYS", throttled: "THROTTLED_KEYS" } as const;
const ITEM_READ = ["GetItem", "BatchGetItem", "Query", "Scan", "ConditionCheckItem", "DescribeTable"];
const ITEM_WRITE = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];

/**
 * A DynamoDB table: encrypted with the key, restorable to any second of the last 35 days, protected from deletion, on demand
 * or autoscaled, with its most used keys reported. Changes go to functions, to a Kinesis stream, or (with `TableChangeLog`)
 * to the lake as Parquet.
 *
 * Two steps replace a protected table (another key, a new local index): first a `pulumi up` with `protection` of posture
 * `disposable` and `allowDataLoss`, then the change. In one step AWS refuses, and the table stays as it is.
 *
 * @example
 * const key = new EncryptionKey("orders", { description: "Orders" });
 * const orders = new DocumentTable("orders", {
 *   key,
 *   partitionKey: { name: "customer", type: "string" },
 *   sortKey: { name: "placed_at", type: "string" },
 *   globalIndexes: { "by-status": { partitionKey: { name: "status", type: "string" }, projection: "keys" } },
 *   timeToLiveAttribute: "expires_at",
 *   stream: "both",
 * });
 */
export class DocumentTable extends PlatformComponent {
  readonly tableName: pulumi.Output<string>;
  readonly tableArn: pulumi.Output<string>;
  /** ARN of the stream of changes; empty without one. */
  readonly streamArn: pulumi.Output<string>;
  /** ARN of the Kinesis stream of changes; empty without one. */
  readonly kinesisStreamArn: pulumi.Output<string>;
  private readonly hasStream: boolean;

  constructor(
    name: string,
    private readonly args: DocumentTableArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("databases", "DocumentTable", name, opts);
    const settings = this.settings(documentTableSettings, args, (given, check) => {
      keySchema(given, check);
      checkCapacity(given.capacity, check);
      checkOrigin(given.origin, check);
      const { replicas, stream } = given;
      check.require(
        replicas.length === 0 || stream === undefined || stream === "both",
        "stream",
        stream,
        "both, or unset: replicas are fed from a stream of whole items",
      );
    });
    const { capacity, replicas } = settings;
    const { deletionProtection, protect } = dataProtection(args.protection);
    const stream = replicas.length > 0 ? "both" : settings.stream;
    const tableArgs: aws.dynamodb.TableArgs = {
      ...this.shape(settings),
      tableClass: CLASSES[settings.tableClass],
      streamEnabled: stream !== undefined,
      streamViewType: stream && VIEWS[stream],
      serverSideEncryption: { enabled: true, kmsKeyArn: args.key.keyArn },
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: settings.recoveryDays },
      deletionProtectionEnabled: deletionProtection,
      replicas: replicas.map(({ region, keyArn }) => ({
        regionName: region,
        kmsKeyArn: keyArn,
        pointInTimeRecovery: true,
        propagateTags: true,
        deletionProtectionEnabled: deletionProtection,
      })),
      ...originArgs(settings.origin),
    };
    const table = new aws.dynamodb.Table(
      `${name}-table`,
      args.transform?.table?.(tableArgs) ?? tableArgs,
      this.mainChild({
        protect,
        // What autoscaling has set is not undone by the next deployment.
        ...(capacity.mode === "autoscaled"
          ? { ignoreChanges: scaledProperties(Object.keys(settings.globalIndexes)) }
          : {}),
      }),
    );
    this.tableName = table.name;
    this.tableArn = table.arn;
    this.streamArn = stream === undefined ? pulumi.output("") : table.streamArn;
    this.hasStream = stream !== undefined;
    this.kinesisStreamArn = this.kinesisStream(settings, table);
    const indexes = Object.keys(settings.globalIndexes);
    if (capacity.mode === "autoscaled") autoscale(this.scope, capacity, table.name, indexes);
    this.insights(settings, table);
    this.alarms(settings);
    this.registerOutputs({
      tableName: this.tableName,
      tableArn: this.tableArn,
      streamArn: this.streamArn,
      kinesisStreamArn: this.kinesisStreamArn,
    });
  }

  /** What a role needs to read items, by key, by query and by scan, from the table and its indexes. */
  grantRead(): Statement[] {
    return [this.items(ITEM_READ), ...this.args.key.grantDecrypt()];
  }

  /** What a role needs to write items, without reading them. */
  grantWrite(): Statement[] {
    return [this.items(ITEM_WRITE), ...this.args.key.grantDecrypt()];
  }

  /** What a role needs to read and write items. */
  grantReadWrite(): Statement[] {
    return [this.items([...ITEM_READ, ...ITEM_WRITE]), ...this.args.key.grantDecrypt()];
  }

  /** What a role needs to read the stream of changes. */
  grantStream(): Statement[] {
    this.requireStream("grantStream");
    return [
      {
        actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        resources: [this.streamArn],
      },
      // Streams are listed for all tables or none: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
      { actions: ["dynamodb:ListStreams"], resources: ["*"] },
      ...this.args.key.grantDecrypt(),
    ];
  }

  /**
   * Calls a function for every change. A batch that fails is tried again in halves until the bad record is alone; that one
   * ends in the function's dead-letter queue, and the rest goes on.
   */
  trigger(role: string, args: StreamTriggerArgs): aws.lambda.EventSourceMapping {
    this.requireStream(`trigger ${role}`);
    return streamTrigger(this.scope, role, this.streamArn, this.args.alerts, args);
  }

  private items(actions: readonly string[]): Statement {
    return {
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.tableArn, pulumi.interpolate`${this.tableArn}/index/*`],
    };
  }

  private requireStream(what: string): void {
    const allowed = `${Object.keys(VIEWS).join(", ")}: ${what} needs one`;
    this.check.require(this.hasStream, "stream", this.args.stream, allowed);
  }

  /** Returns keys, indexes and their capacity. */
  private shape(settings: TableSettings): Pick<aws.dynamodb.TableArgs, "attributes"> & Partial<aws.dynamodb.TableArgs> {
    const { timeToLiveAttribute: attributeName } = settings;
    const { table, index: indexCapacity } = capacityArgs(settings.capacity);
    return {
      ...keySchema(settings, this.check),
      ...table,
      globalSecondaryIndexes: Object.entries(settings.globalIndexes).map(([name, index]) => ({
        name,
        hashKey: index.partitionKey.name,
        rangeKey: index.sortKey?.name,
        ...projectionOf(index.projection),
        ...indexCapacity,
      })),
      localSecondaryIndexes: Object.entries(settings.localIndexes).map(([name, index]) => ({
        name,
        rangeKey: index.sortKey.name,
        ...projectionOf(index.projection),
      })),
      ...(attributeName === undefined ? {} : { ttl: { enabled: true, attributeName } }),
    };
  }

  private kinesisStream({ kinesis }: TableSettings, table: aws.dynamodb.Table): pulumi.Output<string> {
    if (!kinesis) return pulumi.output("");
    const stream = new aws.kinesis.Stream(
      `${this.name}-changes`,
      {
        streamModeDetails: { streamMode: "ON_DEMAND" },
        retentionPeriod: kinesis.retentionHours,
        encryptionType: "KMS",
        kmsKeyId: this.args.key.keyArn,
      },
      this.child(),
    );
    new aws.dynamodb.KinesisStreamingDestination(
      `${this.name}-changes-destination`,
      {
        tableName: table.name,
        streamArn: stream.arn,
        approximateCreationDateTimePrecision: kinesis.precision.toUpperCase(),
      },
      this.child(),
    );
    return stream.arn;
  }

  private insights({ contributorInsights, globalIndexes }: TableSettings, table: aws.dynamodb.Table): void {
    if (contributorInsights === "off") return;
    for (const indexName of [undefined, ...Object.keys(globalIndexes)]) {
      new aws.dynamodb.ContributorInsights(
        `${this.name}-${indexName ?? "table"}-insights`,
        { tableName: table.name, indexName, mode: INSIGHTS[contributorInsights] },
        this.child(),
      );
    }
  }

  private alarms({ kinesis }: TableSettings): void {
    const { alerts } = this.args;
    const figures = [
      [
        "read-throttles",
        "ReadThrottleEvents",
        "DynamoDB throttles reads: they exceed the capacity, or one key is read too often.",
      ],
      [
        "write-throttles",
        "WriteThrottleEvents",
        "DynamoDB throttles writes: they exceed the capacity, or one key is written too often.",
      ],
    ] as const;
    for (const [role, metric, description] of figures) {
      const dimensions = { TableName: this.tableName };
      alarm(this.scope, role, alerts, {
        description,
        namespace: "AWS/DynamoDB",
        metric,
        dimensions,
        periods: 3,
        periodSeconds: 60,
      });
    }
    if (!kinesis) return;
    alarm(this.scope, "changes-behind", alerts, {
      description: "Changes of the table reach its Kinesis stream more than five minutes late.",
      namespace: "AWS/DynamoDB",
      metric: "AgeOfOldestUnreplicatedRecord",
      dimensions: { TableName: this.tableName, DelegatedOperation: "PutRecord" },
      statistic: "Maximum",
      threshold: 300_000,
    });
  }
}

/** Returns the properties that autoscaling sets after the deployment. */
function scaledProperties(indexes: readonly string[]): string[] {
  const units = ["readCapacity", "writeCapacity"];
  return [...units, ...indexes.flatMap((_, index) => units.map((unit) => `globalSecondaryIndexes[${index}].${unit}`))];
}
