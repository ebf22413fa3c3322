import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm } from "../../core/alarm";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import type { PlatformFunction } from "../../core/platform-function";
import { dataProtection, type Protection } from "../../core/protection";
import { autoscale, capacityArgs, checkCapacity, type Capacity } from "./capacity";
import { keySchema, projectionOf, type TableKeys } from "./keys";
import { checkOrigin, originArgs, type TableOrigin } from "./origin";

/** What a stream's records hold of the item that changed. */
export type StreamView = "keys" | "newItem" | "oldItem" | "both";

export interface TableReplica {
  /** Another region than the table's own. */
  readonly region: string;
  /** ARN of a customer managed key of that region. */
  readonly keyArn: pulumi.Input<string>;
}

export interface DocumentTableArgs extends TableKeys {
  readonly key: EncryptionKey;
  /** Default: on demand, without a maximum. */
  readonly capacity?: Capacity;
  /** Seldom read, stored long: `infrequentAccess` costs less to keep and more to use. */
  readonly tableClass?: "standard" | "infrequentAccess";
  /** Days to any second of which the table can be restored, 1 to 35. */
  readonly recoveryDays?: number;
  /** Changes as a stream, which triggers and the change log read. Default: none. */
  readonly stream?: StreamView;
  /** Changes to a Kinesis data stream of the table's own, encrypted with the key. */
  readonly kinesis?: {
    /** Hours to keep records, 24 to 8760. Default 168, a week. */
    readonly retentionHours?: number;
    /** Of the time of a change. It can only be chosen once: another one means another destination, and a gap. */
    readonly precision?: "millisecond" | "microsecond";
  };
  /** CloudWatch's report of the most accessed and the throttled keys, for the table and each global index. */
  readonly contributorInsights?: "accessedAndThrottled" | "throttled" | "off";
  /** Copies in other regions, each encrypted, recoverable and protected like the table. */
  readonly replicas?: readonly TableReplica[];
  /** What the table starts with. Default: nothing. */
  readonly origin?: TableOrigin;
  /** Hears of throttling and of failures. */
  readonly alerts?: NotificationTopic;
  readonly protection?: Protection;
  readonly transform?: { readonly table?: (args: aws.dynamodb.TableArgs) => aws.dynamodb.TableArgs };
}

export const DOCUMENT_TABLE_DEFAULTS = {
  capacity: { mode: "onDemand" } as Capacity,
  tableClass: "standard" as const,
  recoveryDays: 35,
  contributorInsights: "accessedAndThrottled" as const,
};

export interface StreamTriggerArgs {
  /** Its role needs `grantStream` of the table among its statements. It answers with `batchItemFailures`. */
  readonly function: PlatformFunction;
  /** Only changes that match one of them, in EventBridge's pattern language, e.g. `{ eventName: ["INSERT"] }`. */
  readonly filters?: readonly object[];
  /** Records of one invocation, 1 to 10000. Default 100. */
  readonly batchSize?: number;
  /** Seconds to wait for a batch to fill, 0 to 300. Default 0. */
  readonly batchingWindowSeconds?: number;
  /** Invocations at once for each shard, 1 to 10; one item's changes stay in order. Default 1. */
  readonly parallelizationFactor?: number;
  /** Attempts after the first for a batch that fails, 0 to 10000, halved each time. Default 5. */
  readonly retries?: number;
  /** Seconds after which a record is given up, 60 to 604800. A stream keeps a day. Default 86400. */
  readonly maximumAgeSeconds?: number;
  /** Where to begin: all the stream holds, or only what comes. Default `all`. */
  readonly start?: "all" | "latest";
}

export const STREAM_TRIGGER_DEFAULTS = {
  batchSize: 100,
  batchingWindowSeconds: 0,
  parallelizationFactor: 1,
  retries: 5,
  maximumAgeSeconds: 86_400,
  start: "all" as const,
};

const VIEWS = { keys: "KEYS_ONLY", newItem: "NEW_IMAGE", oldItem: "OLD_IMAGE", both: "NEW_AND_OLD_IMAGES" } as const;
const CLASSES = { standard: "STANDARD", infrequentAccess: "STANDARD_INFREQUENT_ACCESS" } as const;
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

  constructor(
    name: string,
    private readonly args: DocumentTableArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("databases", "DocumentTable", name, opts);
    const capacity = args.capacity ?? DOCUMENT_TABLE_DEFAULTS.capacity;
    const settings = dataProtection(args.protection);
    const keys = keySchema(args, this.check);
    this.checkArguments(capacity);
    const replicas = args.replicas ?? [];
    const streamView = args.stream ?? (replicas.length > 0 ? "both" : undefined);
    const { table: tableCapacity, index: indexCapacity } = capacityArgs(capacity);

    const tableArgs: aws.dynamodb.TableArgs = {
      attributes: keys.attributes.map((one) => ({ ...one })),
      hashKey: keys.hashKey,
      rangeKey: keys.rangeKey,
      ...tableCapacity,
      tableClass: CLASSES[args.tableClass ?? DOCUMENT_TABLE_DEFAULTS.tableClass],
      globalSecondaryIndexes: Object.entries(args.globalIndexes ?? {}).map(([index, one]) => ({
        name: index,
        hashKey: one.partitionKey.name,
        rangeKey: one.sortKey?.name,
        ...projectionOf(one.projection),
        ...indexCapacity,
      })),
      localSecondaryIndexes: Object.entries(args.localIndexes ?? {}).map(([index, one]) => ({
        name: index,
        rangeKey: one.sortKey.name,
        ...projectionOf(one.projection),
      })),
      ...(args.timeToLiveAttribute === undefined
        ? {}
        : { ttl: { enabled: true, attributeName: args.timeToLiveAttribute } }),
      streamEnabled: streamView !== undefined,
      ...(streamView === undefined ? {} : { streamViewType: VIEWS[streamView] }),
      serverSideEncryption: { enabled: true, kmsKeyArn: args.key.keyArn },
      pointInTimeRecovery: {
        enabled: true,
        recoveryPeriodInDays: args.recoveryDays ?? DOCUMENT_TABLE_DEFAULTS.recoveryDays,
      },
      deletionProtectionEnabled: settings.deletionProtection,
      replicas: replicas.map(({ region, keyArn }) => ({
        regionName: region,
        kmsKeyArn: keyArn,
        pointInTimeRecovery: true,
        propagateTags: true,
        deletionProtectionEnabled: settings.deletionProtection,
      })),
      ...originArgs(args.origin),
    };
    const table = new aws.dynamodb.Table(
      `${name}-table`,
      args.transform?.table?.(tableArgs) ?? tableArgs,
      this.mainChild({
        protect: settings.protect,
        // What autoscaling has set is not undone by the next deployment.
        ...(capacity.mode === "autoscaled" ? { ignoreChanges: scaledProperties(args) } : {}),
      }),
    );
    this.tableName = table.name;
    this.tableArn = table.arn;
    this.streamArn = streamView === undefined ? pulumi.output("") : table.streamArn;
    this.kinesisStreamArn = this.kinesisStream(table);
    const indexes = Object.keys(args.globalIndexes ?? {});
    if (capacity.mode === "autoscaled") autoscale(name, capacity, table.name, indexes, this.child());
    this.insights(table, indexes);
    this.alarms();
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
    return [this.items(ITEM_WRITE), ...this.args.key.grantEncryptDecrypt()];
  }

  grantReadWrite(): Statement[] {
    return [this.items([...ITEM_READ, ...ITEM_WRITE]), ...this.args.key.grantEncryptDecrypt()];
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
    const settings = { ...STREAM_TRIGGER_DEFAULTS, ...args };
    const argument = (what: string): string => `trigger ${role} ${what}`;
    this.check.integer(argument("batchSize"), settings.batchSize, 1, 10_000);
    this.check.integer(argument("batchingWindowSeconds"), settings.batchingWindowSeconds, 0, 300);
    this.check.integer(argument("parallelizationFactor"), settings.parallelizationFactor, 1, 10);
    this.check.integer(argument("retries"), settings.retries, 0, 10_000);
    this.check.integer(argument("maximumAgeSeconds"), settings.maximumAgeSeconds, 60, 604_800);
    this.check.integer(argument("filters"), args.filters?.length, 1, 10);
    const mapping = new aws.lambda.EventSourceMapping(
      `${this.name}-${role}-trigger`,
      {
        eventSourceArn: this.streamArn,
        functionName: args.function.functionArn,
        startingPosition: settings.start === "all" ? "TRIM_HORIZON" : "LATEST",
        batchSize: settings.batchSize,
        maximumBatchingWindowInSeconds: settings.batchingWindowSeconds,
        parallelizationFactor: settings.parallelizationFactor,
        maximumRetryAttempts: settings.retries,
        maximumRecordAgeInSeconds: settings.maximumAgeSeconds,
        bisectBatchOnFunctionError: true,
        functionResponseTypes: ["ReportBatchItemFailures"],
        destinationConfig: { onFailure: { destinationArn: args.function.deadLetterQueueArn } },
        ...(args.filters
          ? { filterCriteria: { filters: args.filters.map((one) => ({ pattern: JSON.stringify(one) })) } }
          : {}),
      },
      this.child(),
    );
    alarm(this.scope, `${role}-behind`, this.args.alerts, {
      description: `${role} is more than an hour behind the changes of ${this.name}: after a day they are lost to it`,
      namespace: "AWS/Lambda",
      metric: "IteratorAge",
      dimensions: { FunctionName: args.function.functionName },
      statistic: "Maximum",
      threshold: 3_600_000,
    });
    return mapping;
  }

  private items(actions: readonly string[]): Statement {
    return {
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.tableArn, pulumi.interpolate`${this.tableArn}/index/*`],
    };
  }

  private requireStream(what: string): void {
    this.check.require(
      this.args.stream !== undefined || (this.args.replicas ?? []).length > 0,
      "stream",
      this.args.stream,
      `${Object.keys(VIEWS).join(", ")}: ${what} needs one`,
    );
  }

  private checkArguments(capacity: Capacity): void {
    const { args, check } = this;
    checkCapacity(capacity, check);
    checkOrigin(args.origin, check);
    check.oneOf("stream", args.stream, Object.keys(VIEWS) as StreamView[]);
    check.oneOf("tableClass", args.tableClass, Object.keys(CLASSES) as (keyof typeof CLASSES)[]);
    check.oneOf("contributorInsights", args.contributorInsights, ["accessedAndThrottled", "throttled", "off"]);
    check.integer("recoveryDays", args.recoveryDays, 1, 35);
    check.integer("kinesis.retentionHours", args.kinesis?.retentionHours, 24, 8760);
    check.oneOf("kinesis.precision", args.kinesis?.precision, ["millisecond", "microsecond"]);
    const regions = (args.replicas ?? []).map(({ region }) => region);
    check.require(new Set(regions).size === regions.length, "replicas", regions, "each region once");
    check.require(
      regions.length === 0 || args.stream === undefined || args.stream === "both",
      "stream",
      args.stream,
      "both, or unset: replicas are fed from a stream of whole items",
    );
  }

  private kinesisStream(table: aws.dynamodb.Table): pulumi.Output<string> {
    const { kinesis, key } = this.args;
    if (!kinesis) return pulumi.output("");
    const stream = new aws.kinesis.Stream(
      `${this.name}-changes`,
      {
        streamModeDetails: { streamMode: "ON_DEMAND" },
        retentionPeriod: kinesis.retentionHours ?? 168,
        encryptionType: "KMS",
        kmsKeyId: key.keyArn,
      },
      this.child(),
    );
    new aws.dynamodb.KinesisStreamingDestination(
      `${this.name}-changes-destination`,
      {
        tableName: table.name,
        streamArn: stream.arn,
        approximateCreationDateTimePrecision: (kinesis.precision ?? "millisecond").toUpperCase(),
      },
      this.child(),
    );
    return stream.arn;
  }

  private insights(table: aws.dynamodb.Table, indexes: readonly string[]): void {
    const wanted = this.args.contributorInsights ?? DOCUMENT_TABLE_DEFAULTS.contributorInsights;
    if (wanted === "off") return;
    for (const indexName of [undefined, ...indexes]) {
      new aws.dynamodb.ContributorInsights(
        `${this.name}-${indexName ?? "table"}-insights`,
        { tableName: table.name, indexName, mode: INSIGHTS[wanted] },
        this.child(),
      );
    }
  }

  private alarms(): void {
    const { alerts } = this.args;
    const figures = [
      ["read-throttles", "ReadThrottleEvents", "Reads are refused: over capacity, or one key is asked for too often"],
      ["write-throttles", "WriteThrottleEvents", "Writes are refused: over capacity, or one key is written too often"],
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
    if (!this.args.kinesis) return;
    alarm(this.scope, "changes-behind", alerts, {
      description: "Changes reach the Kinesis stream more than five minutes late",
      namespace: "AWS/DynamoDB",
      metric: "AgeOfOldestUnreplicatedRecord",
      dimensions: { TableName: this.tableName, DelegatedOperation: "PutRecord" },
      statistic: "Maximum",
      threshold: 300_000,
    });
  }
}

function scaledProperties({ globalIndexes = {} }: DocumentTableArgs): string[] {
  const units = ["readCapacity", "writeCapacity"];
  return [
    ...units,
    ...Object.keys(globalIndexes).flatMap((_, index) => units.map((one) => `globalSecondaryIndexes[${index}].${one}`)),
  ];
}
