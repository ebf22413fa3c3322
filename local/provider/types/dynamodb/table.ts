import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { TableArgs } from "@pulumi/aws/dynamodb";
import { define, type Context, type Inputs } from "../../handler";
import { tagChanges, tagList, tagMap } from "../../shape";

type Table = Inputs<TableArgs>;

const send = (ctx: Context): dynamodb.DynamoDBClient => ctx.client(dynamodb.DynamoDBClient);

function keySchema(hashKey: string | undefined, rangeKey: string | undefined): dynamodb.KeySchemaElement[] {
  return [
    { AttributeName: hashKey, KeyType: "HASH" },
    ...(rangeKey ? [{ AttributeName: rangeKey, KeyType: "RANGE" as const }] : []),
  ];
}

const keyOf = (schema: dynamodb.KeySchemaElement[] | undefined, type: dynamodb.KeyType): string | undefined =>
  schema?.find(({ KeyType }) => KeyType === type)?.AttributeName;

function throughput(
  one: { readCapacity?: number; writeCapacity?: number },
  billing: string | undefined,
): dynamodb.ProvisionedThroughput | undefined {
  return billing === "PAY_PER_REQUEST"
    ? undefined
    : { ReadCapacityUnits: one.readCapacity, WriteCapacityUnits: one.writeCapacity };
}

function secondaryIndex(
  index: NonNullable<Table["globalSecondaryIndexes"]>[number],
  billing: string | undefined,
): dynamodb.GlobalSecondaryIndex {
  return {
    IndexName: index.name,
    KeySchema: keySchema(index.hashKey, index.rangeKey),
    Projection: {
      ProjectionType: index.projectionType as dynamodb.ProjectionType,
      ...(index.nonKeyAttributes?.length ? { NonKeyAttributes: index.nonKeyAttributes } : {}),
    },
    ProvisionedThroughput: throughput(index, billing),
  };
}

const attributes = (inputs: Table): dynamodb.AttributeDefinition[] =>
  (inputs.attributes ?? []).map(({ name, type }) => ({
    AttributeName: name,
    AttributeType: type as dynamodb.ScalarAttributeType,
  }));

const encryption = (inputs: Table): dynamodb.SSESpecification | undefined =>
  inputs.serverSideEncryption && {
    Enabled: inputs.serverSideEncryption.enabled,
    ...(inputs.serverSideEncryption.enabled
      ? { SSEType: "KMS" as const, KMSMasterKeyId: inputs.serverSideEncryption.kmsKeyArn }
      : {}),
  };

const stream = (inputs: Table): dynamodb.StreamSpecification =>
  inputs.streamEnabled
    ? { StreamEnabled: true, StreamViewType: inputs.streamViewType as dynamodb.StreamViewType }
    : { StreamEnabled: false };

async function recovery(ctx: Context, TableName: string, inputs: Table): Promise<void> {
  const { enabled = false, recoveryPeriodInDays } = inputs.pointInTimeRecovery ?? {};
  await send(ctx).send(
    new dynamodb.UpdateContinuousBackupsCommand({
      TableName,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: enabled,
        ...(enabled && recoveryPeriodInDays ? { RecoveryPeriodInDays: recoveryPeriodInDays } : {}),
      },
    }),
  );
}

async function timeToLive(ctx: Context, TableName: string, ttl: NonNullable<Table["ttl"]>): Promise<void> {
  await send(ctx).send(
    new dynamodb.UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { AttributeName: ttl.attributeName, Enabled: ttl.enabled ?? false },
    }),
  );
}

export const table = define<TableArgs>({
  type: "aws:dynamodb/table:Table",
  outputs: ["arn", "streamArn", "streamLabel"],
  changing: ["streamArn", "streamLabel"],
  replaceOn: ["name", "hashKey", "rangeKey", "localSecondaryIndexes", "importTable", "restoreSourceName"],
  defaults: { billingMode: "PROVISIONED", tableClass: "STANDARD" },
  keeps: ["name", "streamViewType", "readCapacity", "writeCapacity"],
  unordered: ["attributes", "globalSecondaryIndexes", "localSecondaryIndexes"],
  refuses: {
    replicas: "the local cloud has one region",
    importTable: "the local cloud starts with empty tables",
    restoreSourceName: "the local cloud keeps no backups",
    restoreSourceTableArn: "the local cloud keeps no backups",
  },
  autoname: { property: "name", maxLength: 255 },
  taggable: true,
  async create(ctx, inputs, exists) {
    const name = inputs.name ?? "";
    await send(ctx).send(
      new dynamodb.CreateTableCommand({
        TableName: name,
        KeySchema: keySchema(inputs.hashKey, inputs.rangeKey),
        AttributeDefinitions: attributes(inputs),
        BillingMode: (inputs.billingMode ?? "PROVISIONED") as dynamodb.BillingMode,
        ProvisionedThroughput: throughput(inputs, inputs.billingMode),
        GlobalSecondaryIndexes: inputs.globalSecondaryIndexes?.length
          ? inputs.globalSecondaryIndexes.map((index) => secondaryIndex(index, inputs.billingMode))
          : undefined,
        LocalSecondaryIndexes: inputs.localSecondaryIndexes?.length
          ? inputs.localSecondaryIndexes.map((index) => ({
              IndexName: index.name,
              KeySchema: keySchema(inputs.hashKey, index.rangeKey),
              Projection: {
                ProjectionType: index.projectionType as dynamodb.ProjectionType,
                NonKeyAttributes: index.nonKeyAttributes,
              },
            }))
          : undefined,
        StreamSpecification: stream(inputs),
        SSESpecification: encryption(inputs),
        TableClass: (inputs.tableClass ?? "STANDARD") as dynamodb.TableClass,
        DeletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false,
        Tags: tagList(inputs.tags),
      }),
    );
    exists(name);
    await dynamodb.waitUntilTableExists(
      { client: send(ctx), maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 },
      { TableName: name },
    );
    if (inputs.pointInTimeRecovery) await recovery(ctx, name, inputs);
    if (inputs.ttl?.enabled) await timeToLive(ctx, name, inputs.ttl);
    return name;
  },
  async read(ctx, TableName, known) {
    const { Table } = await send(ctx).send(new dynamodb.DescribeTableCommand({ TableName }));
    if (!Table) return undefined;
    const { ContinuousBackupsDescription } = await send(ctx).send(
      new dynamodb.DescribeContinuousBackupsCommand({ TableName }),
    );
    const { TimeToLiveDescription } = await send(ctx).send(new dynamodb.DescribeTimeToLiveCommand({ TableName }));
    const { Tags } = await send(ctx).send(new dynamodb.ListTagsOfResourceCommand({ ResourceArn: Table.TableArn }));
    const point = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    const onDemand = Table.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
    const key = Table.SSEDescription?.KMSMasterKeyArn;
    return {
      name: Table.TableName,
      arn: Table.TableArn,
      hashKey: keyOf(Table.KeySchema, "HASH"),
      rangeKey: keyOf(Table.KeySchema, "RANGE"),
      attributes: Table.AttributeDefinitions?.map(({ AttributeName, AttributeType }) => ({
        name: AttributeName,
        type: AttributeType,
      })),
      billingMode: onDemand ? "PAY_PER_REQUEST" : "PROVISIONED",
      ...(onDemand
        ? {}
        : {
            readCapacity: Table.ProvisionedThroughput?.ReadCapacityUnits,
            writeCapacity: Table.ProvisionedThroughput?.WriteCapacityUnits,
          }),
      globalSecondaryIndexes: Table.GlobalSecondaryIndexes?.map((index) => ({
        name: index.IndexName,
        hashKey: keyOf(index.KeySchema, "HASH"),
        rangeKey: keyOf(index.KeySchema, "RANGE"),
        projectionType: index.Projection?.ProjectionType,
        nonKeyAttributes: index.Projection?.NonKeyAttributes,
        ...(onDemand
          ? {}
          : {
              readCapacity: index.ProvisionedThroughput?.ReadCapacityUnits,
              writeCapacity: index.ProvisionedThroughput?.WriteCapacityUnits,
            }),
      })),
      localSecondaryIndexes: Table.LocalSecondaryIndexes?.map((index) => ({
        name: index.IndexName,
        rangeKey: keyOf(index.KeySchema, "RANGE"),
        projectionType: index.Projection?.ProjectionType,
        nonKeyAttributes: index.Projection?.NonKeyAttributes,
      })),
      streamEnabled: Table.StreamSpecification?.StreamEnabled ?? false,
      streamViewType: Table.StreamSpecification?.StreamViewType,
      streamArn: Table.LatestStreamArn,
      streamLabel: Table.LatestStreamLabel,
      tableClass: Table.TableClassSummary?.TableClass ?? "STANDARD",
      deletionProtectionEnabled: Table.DeletionProtectionEnabled ?? false,
      serverSideEncryption:
        Table.SSEDescription?.Status === "ENABLED"
          ? { enabled: true, kmsKeyArn: key }
          : known.serverSideEncryption && { enabled: false },
      pointInTimeRecovery: {
        enabled: point?.PointInTimeRecoveryStatus === "ENABLED",
        // MiniStack does not keep it.
        recoveryPeriodInDays: known.pointInTimeRecovery?.recoveryPeriodInDays,
      },
      ttl:
        TimeToLiveDescription?.TimeToLiveStatus === "ENABLED"
          ? { enabled: true, attributeName: TimeToLiveDescription.AttributeName }
          : undefined,
      tags: tagMap(Tags),
    };
  },
  async update(ctx, TableName, olds, news, changed) {
    if (changed.has("deletionProtectionEnabled")) {
      await send(ctx).send(
        new dynamodb.UpdateTableCommand({
          TableName,
          DeletionProtectionEnabled: news.deletionProtectionEnabled ?? false,
        }),
      );
    }
    if (["billingMode", "readCapacity", "writeCapacity"].some((name) => changed.has(name))) {
      await send(ctx).send(
        new dynamodb.UpdateTableCommand({
          TableName,
          BillingMode: (news.billingMode ?? "PROVISIONED") as dynamodb.BillingMode,
          ProvisionedThroughput: throughput(news, news.billingMode),
        }),
      );
    }
    if (changed.has("serverSideEncryption")) {
      await send(ctx).send(
        new dynamodb.UpdateTableCommand({ TableName, SSESpecification: encryption(news) ?? { Enabled: false } }),
      );
    }
    if (changed.has("streamEnabled") || changed.has("streamViewType")) {
      if (olds.streamEnabled)
        await send(ctx).send(
          new dynamodb.UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }),
        );
      if (news.streamEnabled)
        await send(ctx).send(new dynamodb.UpdateTableCommand({ TableName, StreamSpecification: stream(news) }));
    }
    if (changed.has("tableClass")) {
      await send(ctx).send(
        new dynamodb.UpdateTableCommand({ TableName, TableClass: news.tableClass as dynamodb.TableClass }),
      );
    }
    if (changed.has("globalSecondaryIndexes")) await updateIndexes(ctx, TableName, olds, news);
    if (changed.has("pointInTimeRecovery")) await recovery(ctx, TableName, news);
    if (changed.has("ttl")) {
      const ttl = news.ttl?.enabled ? news.ttl : { attributeName: olds.ttl?.attributeName ?? "", enabled: false };
      await timeToLive(ctx, TableName, ttl);
    }
    const { set, remove } = tagChanges(olds.tags, news.tags);
    const ResourceArn = String(olds.arn);
    if (remove.length > 0) await send(ctx).send(new dynamodb.UntagResourceCommand({ ResourceArn, TagKeys: remove }));
    if (Object.keys(set).length > 0)
      await send(ctx).send(new dynamodb.TagResourceCommand({ ResourceArn, Tags: tagList(set) }));
  },
  async delete(ctx, TableName) {
    await send(ctx).send(new dynamodb.DeleteTableCommand({ TableName }));
  },
});

/** DynamoDB takes one index a request, and changes none: a changed one is deleted and made again. */
async function updateIndexes(ctx: Context, TableName: string, olds: Table, news: Table): Promise<void> {
  const text = (index: unknown): string => JSON.stringify(index);
  const before = olds.globalSecondaryIndexes ?? [];
  const after = news.globalSecondaryIndexes ?? [];
  for (const index of before.filter((old) => !after.some((one) => text(one) === text(old)))) {
    await send(ctx).send(
      new dynamodb.UpdateTableCommand({
        TableName,
        GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: index.name } }],
      }),
    );
  }
  for (const index of after.filter((one) => !before.some((old) => text(old) === text(one)))) {
    await send(ctx).send(
      new dynamodb.UpdateTableCommand({
        TableName,
        AttributeDefinitions: attributes(news),
        GlobalSecondaryIndexUpdates: [{ Create: secondaryIndex(index, news.billingMode) }],
      }),
    );
  }
}
