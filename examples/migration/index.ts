/**
 * An Oracle database moves to Aurora PostgreSQL: its schema is converted first, and every row is compared. A second, serverless
 * migration writes every later change to the lake as Parquet. Both leave out the orders of the old system and all mail addresses.
 */
import { DataLake, DmsMigration, EncryptionKey, NotificationTopic, type NetworkView } from "../../components";

const key = new EncryptionKey("migration", {
  description: "Migration",
  users: ["cloudwatch-logs", "events", "cloudwatch-alarms", "sns", "dms"],
});
const alerts = new NotificationTopic("alerts", {
  key,
  publishers: ["cloudwatch", "dms", "events"],
  emails: ["databases@example.org"],
});
const lake = new DataLake("lake", { key });
const network: NetworkView = {
  vpcId: "vpc-0a1b2c3d",
  cidrBlock: "10.0.0.0/16",
  publicSubnetIds: [],
  privateSubnetIds: ["subnet-0a1b2c3d", "subnet-1a2b3c4d"],
  isolatedSubnetIds: [],
};
const secret = (name: string): string => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}`;
const certificate = (name: string): string => `arn:aws:dms:eu-central-1:123456789012:cert:${name}`;
const source = {
  engine: "oracle",
  databaseName: "SHOP",
  secretArn: secret("shop-oracle"),
  certificate: { arn: certificate("SHOPWALLET") },
} as const;
const tables = [
  { schema: "SHOP", table: "%", rows: { SYSTEM: [{ is: "not-equal", value: "legacy" }] } },
  { schema: "SHOP", table: "TMP%", action: "exclude" },
] as const;
const transformations = [
  { schema: "%", table: "%", change: "lower-case" },
  { schema: "SHOP", table: "CUSTOMER", column: "MAIL", change: "remove" },
] as const;

const move = new DmsMigration("shop", {
  key,
  network,
  alerts,
  source,
  target: {
    engine: "aurora-postgresql",
    databaseName: "shop",
    secretArn: secret("shop-aurora"),
    certificate: { arn: certificate("RDSBUNDLE") },
  },
  schemaConversion: { source: { host: "oracle.example.org" }, target: { host: "shop.cluster-abc.example.org" } },
  tasks: {
    everything: {
      type: "full-load-and-cdc",
      tables,
      transformations,
      tuning: { existingTables: "truncate", largeObjects: { mode: "full", chunkKiB: 64 } },
    },
  },
});
const changes = new DmsMigration("shop-changes", {
  key,
  network,
  alerts,
  // The first migration creates the account's roles.
  roles: "adopt",
  compute: { kind: "serverless", maxCapacityUnits: 8 },
  source,
  target: { engine: "s3", lake, prefix: "shop/" },
  tasks: { since: { type: "cdc", from: "now", tables, transformations } },
});

/** The commands of an operator, in this order: assess, start. */
export const commands = move.commands;
export const commandsOfChanges = changes.commands;
export const reports = move.reportsLocation;
