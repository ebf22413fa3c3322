/** Derives from a checked contract all that follows from it: Glue tables, the ETL plan for both engines, quality rules. */

import type { CompiledColumn, CompiledContract, CompiledTable, PartitionLayout } from "./compiled";
import { renderDqdl } from "./dqdl";
import { TABLE_DESCRIPTION } from "./limits";
import type { PartitionKey } from "./plan";
import { columnType, partitionKeys, renderPlan, tableColumnType } from "./plan";
import type { Contract } from "./schema";
import { DUCKDB, SPARK } from "./sql";
import { glueType, isNumeric, measureType } from "./types";

/** Compiles a contract that `parseContract` or `loadContracts` returned. Equal contracts give equal documents. */
export function compileContract(contract: Contract): CompiledContract {
  const prefix = contract.source.prefix ?? `${contract.name}/`;
  const keys = partitionKeys(contract);
  const scheduled = contract.trigger !== "event";
  const { delimiter, quote, encoding, header } = contract.source;
  const quality = renderDqdl(contract);
  return {
    version: 1,
    dataset: contract.name,
    description: contract.description,
    owner: contract.owner,
    prefix,
    contractKey: `contracts/${prefix}contract.json`,
    trigger:
      contract.trigger === "event" ? { kind: "event" } : { kind: "schedule", schedule: contract.trigger.schedule },
    engine: scheduled ? "spark" : contract.engine,
    source: { delimiter, quote, encoding, header },
    tables: [processedTable(contract, keys), ...contract.aggregates.map((a) => aggregateTable(contract, a, keys))],
    plan: {
      columns: contract.columns.map(({ name, source, optional }) => ({ name, source: source ?? name, optional })),
      headerCase: header.case,
      output: contract.columns.map((column) => column.name).filter((name) => !keys.some((key) => key.name === name)),
      partitioning: { layout: layoutOf(contract), keys: keys.map((key) => keyColumn(contract, key)) },
      duckdb: renderPlan(contract, DUCKDB),
      spark: renderPlan(contract, SPARK),
    },
    ...(quality === undefined ? {} : { quality }),
    ...(contract.retention === undefined ? {} : { retention: contract.retention }),
  };
}

function layoutOf(contract: Contract): PartitionLayout {
  return contract.partitioning?.layout ?? "hive";
}

function keyColumn(contract: Contract, key: PartitionKey): CompiledColumn {
  const comment =
    key.transform === undefined
      ? contract.columns.find((column) => column.name === key.column)?.description
      : `The ${key.transform} of ${key.column}`;
  return { name: key.name, type: glueType(key.type), ...(comment === undefined ? {} : { comment }) };
}

function processedTable(contract: Contract, keys: readonly PartitionKey[]): CompiledTable {
  return {
    name: contract.name,
    zone: "processed",
    prefix: `${contract.name}/`,
    description: contract.description,
    columns: contract.columns
      .filter((column) => !keys.some((key) => key.name === column.name))
      .map((column) => ({
        name: column.name,
        type: glueType(columnType(column)),
        ...(column.description === undefined ? {} : { comment: column.description }),
        ...(column.pii ? { parameters: { pii: "true" } } : {}),
      })),
    partitionKeys: keys.map((key) => keyColumn(contract, key)),
    layout: layoutOf(contract),
    parameters: tableParameters(contract, keys),
  };
}

function aggregateTable(
  contract: Contract,
  aggregate: Contract["aggregates"][number],
  keys: readonly PartitionKey[],
): CompiledTable {
  const kept = keys.filter((key) => aggregate.groupBy.includes(key.name));
  const column = (name: string): CompiledColumn => {
    const type = tableColumnType(contract, name);
    if (type === undefined) throw new Error(`${aggregate.name}: ${name} is not a column`);
    const comment = contract.columns.find((candidate) => candidate.name === name)?.description;
    return { name, type: glueType(type), ...(comment === undefined ? {} : { comment }) };
  };
  return {
    name: `${contract.name}_${aggregate.name}`,
    zone: "curated",
    prefix: `${contract.name}_${aggregate.name}/`,
    description: aggregate.description ?? describedBy(contract, aggregate.groupBy),
    columns: [
      ...aggregate.groupBy.filter((name) => !kept.some((key) => key.name === name)).map(column),
      ...aggregate.measures.map((measure) => {
        const of = measure.column === undefined ? undefined : tableColumnType(contract, measure.column);
        const type = measureType(measure.function, of);
        if (type === undefined) throw new Error(`measure ${measure.name}: ${measure.function} does not fit`);
        const comment = measure.column === undefined ? "Number of rows" : `${measure.function} of ${measure.column}`;
        return { name: measure.name, type: glueType(type), comment };
      }),
    ],
    partitionKeys: kept.map((key) => keyColumn(contract, key)),
    layout: kept.length === 0 ? "hive" : layoutOf(contract),
    parameters: tableParameters(contract, kept),
  };
}

/** Describes an aggregate whose contract does not. Glue ends a description at 2,048 bytes, and names are ASCII. */
function describedBy(contract: Contract, groupBy: readonly string[]): string {
  const text = `${contract.name} by ${groupBy.join(", ")}`;
  const max = TABLE_DESCRIPTION.maxBytes;
  return text.length <= max ? text : `${text.slice(0, max - 4)} ...`;
}

function tableParameters(contract: Contract, keys: readonly PartitionKey[]): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = { EXTERNAL: "TRUE", classification: "parquet" };
  const ranges = contract.partitioning?.projection;
  if (layoutOf(contract) !== "projection" || ranges === undefined || keys.length === 0) return parameters;
  parameters["projection.enabled"] = "true";
  for (const key of keys) {
    const range = ranges[key.name];
    const set = (property: string, value: string) => (parameters[`projection.${key.name}.${property}`] = value);
    if (range?.values !== undefined) {
      set("type", "enum");
      set("values", range.values.join(","));
    } else if (range?.range !== undefined) {
      set("type", isNumeric(key.type) ? "integer" : "date");
      set("range", range.range.join(","));
      if (!isNumeric(key.type)) {
        set("format", "yyyy-MM-dd");
        set("interval", "1");
        set("interval.unit", "DAYS");
      }
    }
  }
  return parameters;
}
