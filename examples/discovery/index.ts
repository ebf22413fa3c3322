/**
 * A crawler finds the columns of files that have no contract. S3 notifies it of new objects, it tries two own classifiers in
 * their order before those of Glue, and a failed crawl sends a mail.
 */
import { Crawler, DataCatalog, DataLake, EncryptionKey, NotificationTopic } from "../../components";

const key = new EncryptionKey("lake", {
  description: "Files to be discovered",
  // S3 writes to the crawler's queue, which the key encrypts.
  users: ["cloudwatch-logs", "events", "cloudwatch-alarms", "sns", "s3"],
});
const alerts = new NotificationTopic("alerts", { key, emails: ["data-team@example.org"] });
const lake = new DataLake("lake", { key, zones: { raw: { directEvents: true } } });
const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "discovered" });

const crawler = new Crawler("exports", {
  catalog,
  key,
  alerts,
  targets: { s3: [{ bucket: lake.zones.raw, prefix: "exports/", exclusions: ["**.tmp"] }] },
  recrawl: "eventMode",
  schedule: "cron(0/15 * * * ? *)",
  schemaChange: "addNewColumnsOnly",
  deleteBehavior: "deprecate",
  tables: "onePerFolder",
  tablePrefix: "export_",
  classifiers: [
    { kind: "csv", name: "semicolons", delimiter: ";", quote: '"', header: "present" },
    { kind: "grok", name: "access-log", classification: "access-log", pattern: "%{COMBINEDAPACHELOG}" },
  ],
});

export const crawlerName = crawler.crawlerName;
