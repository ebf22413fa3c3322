/**
 * Orders in DynamoDB can be restored to any second of the last 35 days. Every change reaches the lake as Parquet within minutes,
 * and a Kinesis stream within a second. DynamoDB removes an item after the time in its `expires_at`.
 */
import {
  DataCatalog,
  DataLake,
  DocumentTable,
  EncryptionKey,
  NotificationTopic,
  TableChangeLog,
} from "../../components";

const key = new EncryptionKey("orders", { description: "Orders" });
const alerts = new NotificationTopic("alerts", { key, emails: ["orders@example.org"] });
const lake = new DataLake("lake", { key });
const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });

const orders = new DocumentTable("orders", {
  key,
  alerts,
  partitionKey: { name: "customer", type: "string" },
  sortKey: { name: "placed_at", type: "string" },
  globalIndexes: {
    "by-status": { partitionKey: { name: "status", type: "string" }, sortKey: { name: "placed_at", type: "string" } },
  },
  timeToLiveAttribute: "expires_at",
  capacity: { mode: "onDemand", maxWriteUnits: 1000 },
  stream: "both",
  kinesis: { precision: "microsecond" },
});
const changes = new TableChangeLog("order-changes", {
  table: orders,
  lake,
  key,
  alerts,
  databaseName: catalog.databaseName,
  // Items that DynamoDB removes by itself are left out.
  filters: [{ eventName: ["INSERT", "MODIFY"] }],
});

export const table = orders.tableName;
export const changesTable = changes.glueTableName;
export const changesStream = orders.kinesisStreamArn;
