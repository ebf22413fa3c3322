/**
 * A data lake alone: zones, the tables of one dataset, and a workgroup in which analysts query them. The dataset comes from
 * its contract, as in the platform.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataCatalog, DataLake, EncryptionKey, QueryWorkgroup } from "../../components";
import { compileContract } from "../../contracts/compile";
import { parseContract } from "../../contracts/parse";

const file = join(__dirname, "orders.yaml");
const { contract, problems } = parseContract(readFileSync(file, "utf8"), file);
if (!contract) throw new Error(problems.map(({ message }) => message).join("\n"));
const contracts = [compileContract(contract)];

const key = new EncryptionKey("lake", { description: "Everything in the sales lake" });
const lake = new DataLake("lake", {
  key,
  contracts,
  zones: { raw: { retention: { infrequentAccessAfterDays: 30, expireAfterDays: 400 } } },
  extraZones: { sandbox: { retention: { expireAfterDays: 14 } } },
});
const catalog = new DataCatalog("catalog", { lake, key, contracts, databaseName: "sales" });
const analysts = new QueryWorkgroup("analysts", {
  lake,
  catalog,
  key,
  bytesScannedCutoffGiB: 10,
  namedQueries: {
    "orders-by-country": {
      sql: "SELECT country, count(*) AS orders FROM orders GROUP BY country ORDER BY orders DESC",
    },
  },
});

export const buckets = lake.bucketNames;
export const tables = catalog.tableNames;
export const workgroup = analysts.workgroupName;
/** The statement for operators who add partitions by hand. */
export const partitionDdl = catalog.partitionDdl;
