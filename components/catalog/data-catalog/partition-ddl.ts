import type { CompiledTable } from "../../../contracts/compiled";
import { partitionPath } from "../../../contracts/partition-path";

/**
 * Athena's two ways to make partitions known by hand. `MSCK REPAIR TABLE` reads key=value folders only; plain folders need
 * `ALTER TABLE … ADD PARTITION … LOCATION`, one by one (https://docs.aws.amazon.com/athena/latest/ug/partitions.html).
 */

const identifier = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * Makes the statement that finds the partitions of a table by their folders.
 *
 * @throws For a table whose folders MSCK cannot read: it would find nothing, without an error.
 */
export function msckRepairDdl(database: string, table: CompiledTable): string {
  if (table.layout === "folder") {
    throw new Error(`table ${table.name} has plain folders, which MSCK REPAIR TABLE cannot read: use addPartitionDdl`);
  }
  requirePartitions(table);
  return `MSCK REPAIR TABLE ${identifier(database)}.${identifier(table.name)}`;
}

/** Adds one partition, in either layout; `values` in the order of the table's partition keys. */
export function addPartitionDdl(
  database: string,
  table: CompiledTable,
  bucket: string,
  values: readonly string[],
): string {
  requirePartitions(table);
  const keys = table.partitionKeys.map((key) => key.name);
  if (values.length !== keys.length) {
    throw new Error(
      `table ${table.name} has folders of ${keys.join("/")}: one value for each is needed, ${values.length} given`,
    );
  }
  const spec = keys.map((key, index) => `${identifier(key)} = ${literal(values[index] ?? "")}`).join(", ");
  const location = `s3://${bucket}/${table.prefix}${partitionPath(table.layout, keys, values)}`;
  const name = `${identifier(database)}.${identifier(table.name)}`;
  return `ALTER TABLE ${name} ADD IF NOT EXISTS PARTITION (${spec}) LOCATION ${literal(location)}`;
}

/**
 * What a person types into Athena for a table: `MSCK REPAIR TABLE` for key=value folders; for plain folders the statement for
 * one partition, with its values or `<key>` where they go; nothing for projected or unpartitioned tables.
 */
export function partitionDdl(
  database: string,
  table: CompiledTable,
  bucket: string,
  values?: readonly string[],
): string {
  if (table.partitionKeys.length === 0 || table.layout === "projection") return "";
  if (table.layout === "hive" && !values) return msckRepairDdl(database, table);
  return addPartitionDdl(database, table, bucket, values ?? table.partitionKeys.map((key) => `<${key.name}>`));
}

function requirePartitions(table: CompiledTable): void {
  if (table.partitionKeys.length === 0) throw new Error(`table ${table.name} has no partitions`);
  if (table.layout === "projection") {
    throw new Error(`table ${table.name} projects its partitions: none is ever registered`);
  }
}
