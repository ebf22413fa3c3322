import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { stackFile } from "../../cli/evaluate";

/** Names that parts of the pipeline have, too. */
const ROLES = ["sweep", "etl", "file_arrived", "contract", "quality", "flow", "quarantine", "events", "schedules"];

/** The longest names of datasets. Every two of them differ in their last characters only. */
const longName = (index: number): string =>
  `${"a_very_long_name_of_a_dataset_".repeat(4).slice(0, 96)}_${String(index).padStart(3, "0")}`;

const filled = (start: string, length: number): string => start.padEnd(length, " and so on").slice(0, length - 1) + ".";

/** A contract that uses as much of everything as a contract may. Every second one has a schedule. */
const contractOf = (name: string, index: number): object => ({
  name,
  description: filled("What the dataset is about", 2048),
  owner: "data@example.org",
  columns: [
    { name: "id", type: "bigint", nullable: false, description: filled("What the column is about", 255) },
    { name: "day", type: "date", nullable: false },
    { name: "region", type: "string", nullable: false },
    { name: "amount", type: "decimal(10,2)" },
  ],
  partitioning: {
    layout: "projection",
    keys: ["day", "region"],
    projection: { day: { range: ["2013-01-01", "NOW"] }, region: { values: ["north", "south"] } },
  },
  aggregates: ["daily", "regional", "a_long_name_of_an_aggregate_".repeat(4).slice(0, 100)].map((aggregate) => ({
    name: aggregate,
    description: filled("What the aggregate is about", 2048),
    groupBy: ["day"],
    measures: [{ name: "total", function: "sum", column: "amount" }],
  })),
  trigger: index % 2 === 0 ? { schedule: `cron(${index % 60} 4 * * ? *)` } : "event",
  quality: [{ rule: "rowCount", atLeast: 1 }],
  retention: { raw: 30 + (index % 7), processed: 400, curated: 400 },
});

/** Puts the longest name that is allowed in the place of every name that an environment gives to a part of it. */
function withLongNames(entries: Readonly<Record<string, unknown>> | undefined, length: number): unknown {
  if (!entries) return undefined;
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [
      name.padEnd(length, "-and-so-on").slice(0, length - 1) + "x",
      value,
    ]),
  );
}

/** Repeats the first of an environment's transfers, each into a folder of its own. */
function many(transfers: Readonly<Record<string, object>>, amount: number): Readonly<Record<string, object>> {
  const [transfer] = Object.values(transfers);
  const names = Array.from({ length: amount }, (_, index) =>
    `transfer-of-a-large-plant-${String(index).padStart(5, "0")}`.slice(0, 31),
  );
  return Object.fromEntries(names.map((name) => [name, { ...transfer, prefix: `${name}/` }]));
}

/** Writes the contracts of many datasets and the stack file of an environment that has them, and returns the path of the stack file. */
export function manyDatasets(folder: string, environment: string, amount: number): string {
  const datasets = join(folder, `datasets-${amount}`);
  mkdirSync(datasets, { recursive: true });
  for (let index = 0; index < amount; index++) {
    const name = ROLES[index] ?? longName(index);
    writeFileSync(join(datasets, `${name}.yaml`), JSON.stringify(contractOf(name, index)));
  }
  const { config } = parse(readFileSync(stackFile(environment), "utf8")) as { config: Record<string, unknown> };
  config["dataplatform:datasets"] = { folder: datasets };
  for (const kind of ["relationalDatabases", "documentTables", "migrations", "transfers"]) {
    const key = `dataplatform:${kind}`;
    config[key] = withLongNames(config[key] as Record<string, unknown> | undefined, 31);
  }
  config["dataplatform:transfers"] = many(config["dataplatform:transfers"] as Readonly<Record<string, object>>, 30);
  const file = join(folder, `Pulumi.${environment}.yaml`);
  writeFileSync(file, stringify({ config }));
  return file;
}
