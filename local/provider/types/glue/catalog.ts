import * as glue from "@aws-sdk/client-glue";
import type { CatalogDatabaseArgs, CatalogTableArgs } from "@pulumi/aws/glue";
import { define, type Context, type Inputs } from "../../handler";

const send = (ctx: Context): glue.GlueClient => ctx.client(glue.GlueClient);

/** `catalog:database:table`, split. */
const parts = (id: string): [string, string, string] => {
  const [catalog = "", database = "", table = ""] = id.split(":");
  return [catalog, database, table];
};

const databaseInput = (inputs: Inputs<CatalogDatabaseArgs>): glue.DatabaseInput => ({
  Name: inputs.name,
  Description: inputs.description,
  LocationUri: inputs.locationUri,
  Parameters: inputs.parameters as Record<string, string> | undefined,
});

export const catalogDatabase = define<CatalogDatabaseArgs>({
  type: "aws:glue/catalogDatabase:CatalogDatabase",
  outputs: ["arn"],
  replaceOn: ["name", "catalogId"],
  keeps: ["name", "catalogId", "createTableDefaultPermissions", "locationUri"],
  refuses: { targetDatabase: "the local cloud has one catalog", federatedDatabase: "the local cloud has one catalog" },
  autoname: { property: "name", maxLength: 255, transform: (name) => name.toLowerCase() },
  async create(ctx, inputs) {
    await send(ctx).send(new glue.CreateDatabaseCommand({ DatabaseInput: databaseInput(inputs) }));
    return `${ctx.accountId}:${inputs.name}`;
  },
  async read(ctx, id) {
    const [, Name] = parts(id);
    const { Database } = await send(ctx).send(new glue.GetDatabaseCommand({ Name }));
    return {
      name: Database?.Name,
      arn: ctx.arn("glue", `database/${Name}`),
      catalogId: ctx.accountId,
      description: Database?.Description || undefined,
      locationUri: Database?.LocationUri || undefined,
      parameters: Database?.Parameters && Object.keys(Database.Parameters).length > 0 ? Database.Parameters : undefined,
    };
  },
  async update(ctx, id, _olds, news) {
    await send(ctx).send(new glue.UpdateDatabaseCommand({ Name: parts(id)[1], DatabaseInput: databaseInput(news) }));
  },
  async delete(ctx, id) {
    await send(ctx).send(new glue.DeleteDatabaseCommand({ Name: parts(id)[1] }));
  },
});

type Columns = readonly { name?: string; type?: string; comment?: string }[] | undefined;
const columnsIn = (columns: Columns): glue.Column[] | undefined =>
  columns?.map(({ name, type, comment }) => ({ Name: name, Type: type, ...(comment ? { Comment: comment } : {}) }));
const columnsOut = (columns: glue.Column[] | undefined): object[] | undefined =>
  columns?.length
    ? columns.map(({ Name, Type, Comment }) => ({ name: Name, type: Type, ...(Comment ? { comment: Comment } : {}) }))
    : undefined;

function tableInput(inputs: Inputs<CatalogTableArgs>): glue.TableInput {
  const storage = inputs.storageDescriptor;
  const serde = storage?.serDeInfo;
  return {
    Name: inputs.name,
    Description: inputs.description,
    Owner: inputs.owner,
    Retention: inputs.retention,
    TableType: inputs.tableType,
    Parameters: inputs.parameters as Record<string, string> | undefined,
    PartitionKeys: columnsIn(inputs.partitionKeys) ?? [],
    ViewOriginalText: inputs.viewOriginalText,
    ViewExpandedText: inputs.viewExpandedText,
    StorageDescriptor: storage && {
      Columns: columnsIn(storage.columns),
      Location: storage.location,
      InputFormat: storage.inputFormat,
      OutputFormat: storage.outputFormat,
      Compressed: storage.compressed,
      NumberOfBuckets: storage.numberOfBuckets,
      BucketColumns: storage.bucketColumns as string[] | undefined,
      Parameters: storage.parameters as Record<string, string> | undefined,
      StoredAsSubDirectories: storage.storedAsSubDirectories,
      SerdeInfo: serde && {
        Name: serde.name,
        SerializationLibrary: serde.serializationLibrary,
        Parameters: serde.parameters as Record<string, string> | undefined,
      },
    },
  };
}

export const catalogTable = define<CatalogTableArgs>({
  type: "aws:glue/catalogTable:CatalogTable",
  outputs: ["arn"],
  replaceOn: ["name", "databaseName", "catalogId", "partitionIndices"],
  keeps: ["name", "catalogId"],
  refuses: {
    targetTable: "the local cloud has one catalog",
    openTableFormatInput: "the local cloud keeps plain tables only",
  },
  autoname: { property: "name", maxLength: 255, transform: (name) => name.toLowerCase() },
  async create(ctx, inputs) {
    await send(ctx).send(
      new glue.CreateTableCommand({
        DatabaseName: inputs.databaseName,
        TableInput: tableInput(inputs),
        PartitionIndexes: inputs.partitionIndices?.map(({ indexName, keys }) => ({
          IndexName: indexName,
          Keys: keys as string[],
        })),
      }),
    );
    return `${ctx.accountId}:${inputs.databaseName}:${inputs.name}`;
  },
  async read(ctx, id, known) {
    const [, DatabaseName, Name] = parts(id);
    const { Table } = await send(ctx).send(new glue.GetTableCommand({ DatabaseName, Name }));
    if (!Table) return undefined;
    const storage = Table.StorageDescriptor;
    const serde = storage?.SerdeInfo;
    const map = (value: Record<string, string> | undefined): Record<string, string> | undefined =>
      value && Object.keys(value).length > 0 ? value : undefined;
    return {
      name: Table.Name,
      databaseName: DatabaseName,
      catalogId: ctx.accountId,
      arn: ctx.arn("glue", `table/${DatabaseName}/${Name}`),
      description: Table.Description || undefined,
      owner: Table.Owner || undefined,
      retention: Table.Retention || undefined,
      tableType: Table.TableType || undefined,
      parameters: map(Table.Parameters),
      partitionKeys: columnsOut(Table.PartitionKeys),
      storageDescriptor: storage && {
        ...known.storageDescriptor,
        columns: columnsOut(storage.Columns),
        location: storage.Location,
        inputFormat: storage.InputFormat,
        outputFormat: storage.OutputFormat,
        serDeInfo: serde && {
          ...(serde.Name ? { name: serde.Name } : {}),
          serializationLibrary: serde.SerializationLibrary,
          parameters: map(serde.Parameters),
        },
      },
    };
  },
  async update(ctx, id, _olds, news) {
    const [, DatabaseName] = parts(id);
    await send(ctx).send(new glue.UpdateTableCommand({ DatabaseName, TableInput: tableInput(news) }));
  },
  async delete(ctx, id) {
    const [, DatabaseName, Name] = parts(id);
    await send(ctx).send(new glue.DeleteTableCommand({ DatabaseName, Name }));
  },
});
