import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CompiledTable } from "../../../contracts/compiled";

type TableBody = Omit<aws.glue.CatalogTableArgs, "databaseName" | "name">;

/** How Glue and Athena read Parquet (https://docs.aws.amazon.com/athena/latest/ug/parquet-serde.html). */
export const PARQUET = {
  inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
  serDeInfo: {
    serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    parameters: { "serialization.format": "1" },
  },
};

/** Types that an index may have (https://docs.aws.amazon.com/glue/latest/dg/partition-indexes.html). */
const INDEXABLE = /^(string|char|varchar|tinyint|smallint|int|bigint|date)\b/;

/**
 * The keys Glue can index, in table order: without an index it loads all partitions of a table to find one. None where nothing
 * is registered.
 */
export function indexedKeys(table: CompiledTable): string[] {
  if (table.layout === "projection") return [];
  return table.partitionKeys.filter(({ type }) => INDEXABLE.test(type)).map(({ name }) => name);
}

/** Describes a compiled table and its location in the lake to the catalog. */
export function parquetTable(table: CompiledTable, location: pulumi.Input<string>): TableBody {
  const keys = indexedKeys(table);
  const columns = table.columns.map(({ name, type, comment }) => ({ name, type, comment }));
  return {
    description: table.description,
    tableType: "EXTERNAL_TABLE",
    partitionKeys: table.partitionKeys.map(({ name, type, comment }) => ({ name, type, comment })),
    parameters: pulumi.output(location).apply((address) => ({
      classification: "parquet",
      "partition-layout": table.layout,
      // Athena asks the index only where the table says so.
      ...(keys.length > 0 ? { "partition_filtering.enabled": "true" } : {}),
      ...Object.fromEntries(
        Object.entries(table.parameters).map(([key, value]) => [key, value.replaceAll("${location}", address)]),
      ),
    })),
    ...(keys.length > 0 ? { partitionIndices: [{ indexName: "partition-keys", keys }] } : {}),
    storageDescriptor: { location, columns, ...PARQUET },
  };
}

/** Describes the table of rejected rows: one table for all datasets, its partitions projected from their names. */
export function rejectedRowsTable(bucket: pulumi.Input<string>, datasets: readonly string[]): TableBody {
  const location = pulumi.interpolate`s3://${bucket}/rejected-rows/`;
  return {
    description: "Rejected rows, with the reason. `record` holds the raw text by column, as JSON.",
    tableType: "EXTERNAL_TABLE",
    partitionKeys: [{ name: "dataset", type: "string" }],
    parameters: location.apply((address) => ({
      classification: "parquet",
      "partition-layout": "projection",
      ...(datasets.length === 0
        ? {}
        : {
            "projection.enabled": "true",
            "projection.dataset.type": "enum",
            "projection.dataset.values": [...datasets].sort().join(","),
            "storage.location.template": `${address}dataset=$\{dataset}/`,
          }),
    })),
    storageDescriptor: {
      location,
      columns: ["source_key", "source_version", "run_id", "reason", "record"].map((name) => ({ name, type: "string" })),
      ...PARQUET,
    },
  };
}
