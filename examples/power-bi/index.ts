/**
 * Authors of reports query the lake from Power BI: through a role that may do nothing else, in a workgroup with a limit. The
 * ODBC data sources and a guide for the gateway are outputs.
 */
import { BiAccess, DataCatalog, DataLake, EncryptionKey, QueryWorkgroup } from "../../components";

const key = new EncryptionKey("lake", { description: "Data lake" });
const lake = new DataLake("lake", { key });
const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
const workgroup = new QueryWorkgroup("reports", { lake, catalog, key, bytesScannedCutoffGiB: 10 });
const role = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;
const access = new BiAccess("power-bi", {
  lake,
  catalog,
  workgroup,
  key,
  readers: [role("report-authors"), role("gateway")],
});

export const files = access.filesLocation;
export const connectionString = access.connectionString;
