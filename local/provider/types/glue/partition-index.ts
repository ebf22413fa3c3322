import * as glue from "@aws-sdk/client-glue";
import type { PartitionIndexArgs } from "@pulumi/aws/glue";
import { define, type Context } from "../../handler";

const table = (
  ctx: Context,
  DatabaseName: string | undefined,
  Name: string | undefined,
): Promise<glue.GetTableCommandOutput> =>
  ctx.client(glue.GlueClient).send(new glue.GetTableCommand({ DatabaseName, Name }));

/** Recorded only: the emulator's partitions are found without an index, and it cannot delete one. */
export const partitionIndex = define<PartitionIndexArgs>({
  type: "aws:glue/partitionIndex:PartitionIndex",
  outputs: [],
  replaceOn: [],
  keeps: ["catalogId"],
  async create(ctx, inputs) {
    const { databaseName, tableName, partitionIndex: index } = inputs;
    const IndexName = index.indexName ?? "";
    const Keys = (index.keys ?? []) as string[];
    ctx.record(
      glue.GlueClient,
      new glue.CreatePartitionIndexCommand({
        DatabaseName: databaseName,
        TableName: tableName,
        PartitionIndex: { IndexName, Keys },
      }),
    );
    const { Table } = await table(ctx, databaseName, tableName);
    const partitionKeys = (Table?.PartitionKeys ?? []).map(({ Name }) => Name);
    const wrong = Keys.filter((key) => !partitionKeys.includes(key));
    if (wrong.length > 0) {
      const has = partitionKeys.length > 0 ? partitionKeys.join(", ") : "none";
      throw new Error(`InvalidInputException: ${wrong.join(", ")} is no partition key of ${tableName}; it has ${has}`);
    }
    return `${ctx.accountId}:${databaseName}:${tableName}:${IndexName}`;
  },
  /** It goes with its table. */
  async read(ctx, id, known) {
    const [catalogId, databaseName, tableName, indexName] = id.split(":");
    await table(ctx, databaseName, tableName);
    return known.partitionIndex?.indexName === indexName ? { catalogId, databaseName, tableName } : undefined;
  },
  delete: () => Promise.resolve(),
});
