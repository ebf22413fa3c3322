import { z } from "zod";
import { reference, textInput, type Resolved, type Settings } from "../../../core/settings";
import type { DataLake } from "../../../storage/data-lake";
import { lakeDeliverySettings } from "../../../storage/lake-delivery";
import type { SecureBucket } from "../../../storage/secure-bucket";
import { MYSQL_ENGINES, POSTGRES_ENGINES, refusedEngine } from "./engines";

const FOLDERS = "folders of letters, digits, _ . - that end with /";
const folders = z.string().regex(/^([A-Za-z0-9_.-]+\/)+$/, FOLDERS);
const folder = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/, "a folder without slashes at its ends")
  .optional();

const certificate = z
  .union([
    z.strictObject({ pem: textInput().describe("The certificate's text.") }),
    z.strictObject({ wallet: textInput().describe("A wallet of Oracle, base64.") }),
    z.strictObject({ arn: textInput().describe("A certificate that DMS has already.") }),
  ])
  .optional()
  .describe(
    "The certificate of the authority that signs the server's certificate. Modes of TLS that verify need it. For RDS it is the bundle of the region.",
  );
const authority = certificate.describe("The certificate of an authority that is not publicly known.");

/** Modes of TLS that DMS offers for an engine, the strictest last: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html. */
const tls = <N extends z.ZodDefault<z.ZodEnum>>(modes: N) => ({
  tls: modes
    .describe("How the connection is encrypted, and what is verified of the server.")
    .meta({ safer: modes.unwrap().options }),
  certificate,
});
const plainOrFull = z.enum(["none", "require", "verify-full"]).default("verify-full");

/**
 * Credentials that DMS reads from Secrets Manager by itself. A secret that RDS manages has no host and port: a migration needs
 * a user and a secret of its own.
 */
const secret = {
  secretArn: textInput().describe("A secret with `username`, `password`, `host` and `port` in one JSON document."),
  secretKeyArn: textInput().optional().describe("The key of the secret, where it is not the migration's."),
  secretRoleArn: textInput()
    .optional()
    .describe("A role that reads the secret, for secrets of other accounts. A role is made for it when unset."),
};

const databaseName = textInput().describe("The database.");
const server = { databaseName, ...secret };

const postgres = z.strictObject({
  engine: z.enum(POSTGRES_ENGINES),
  ...server,
  ...tls(z.enum(["none", "require", "verify-ca", "verify-full"]).default("verify-full")),
});
const mysql = z.strictObject({
  engine: z.enum(MYSQL_ENGINES),
  ...server,
  ...tls(z.enum(["none", "verify-ca", "verify-full"]).default("verify-full")),
});
const oracle = z.strictObject({
  engine: z.literal("oracle"),
  ...server,
  ...tls(z.enum(["none", "verify-ca"]).default("verify-ca")),
});
const sqlserver = z.strictObject({
  engine: z.literal("sqlserver"),
  ...server,
  ...tls(plainOrFull),
});

/** The AWS provider knows no secret for DocumentDB: the password is in the stack's state, encrypted as a secret of Pulumi. */
const docdb = z.strictObject({
  engine: z.literal("docdb"),
  databaseName,
  host: textInput().describe("The cluster's address."),
  port: z.int().min(1).max(65_535).default(27017).describe("The cluster's port."),
  username: textInput().describe("The user."),
  password: textInput().describe("The user's password, a secret of Pulumi."),
  ...tls(z.enum(["none", "verify-full"]).default("verify-full")),
});

const lakeFiles = {
  engine: z.literal("s3"),
  lake: reference<DataLake>("DataLake").describe("The lake; its key must be the migration's."),
  zone: lakeDeliverySettings.shape.zone,
  prefix: folders.describe("Folders of the files."),
};

export const sourceSettings = z.discriminatedUnion(
  "engine",
  [
    postgres.extend({
      slotName: z.string().optional().describe("A replication slot that exists. A start at a position needs one."),
      plugin: z.enum(["pglogical", "test-decoding"]).optional().describe("How changes are decoded."),
      heartbeatMinutes: z
        .int()
        .min(1)
        .optional()
        .describe("Keeps an idle slot from filling the disk, by a write every few minutes."),
    }),
    mysql,
    oracle.extend({
      redoReader: z
        .enum(["logminer", "binary"])
        .default("logminer")
        .describe("Reads the redo log by LogMiner, or its files directly."),
    }),
    sqlserver,
    z.strictObject({
      engine: z.literal("mongodb"),
      ...server,
      ...tls(plainOrFull),
      authSource: z.string().default("admin").describe("The database that holds the user."),
      nesting: z
        .enum(["document", "table"])
        .default("document")
        .describe("Writes one column with the whole document, or a column for each field."),
    }),
    docdb,
    z.strictObject({
      ...lakeFiles,
      tables: z.record(z.string(), z.unknown()).describe("The tables in the files, as DMS describes them."),
      changesFolder: folder.describe("Where the files of changes are, under the prefix."),
    }),
  ],
  { error: ({ input }) => refusedEngine((input as { engine?: unknown } | undefined)?.engine) },
);

const messages = {
  format: z
    .enum(["json", "json-unformatted"])
    .default("json-unformatted")
    .describe("How records are written; `json-unformatted` is one line for each."),
  details: z.boolean().default(false).describe("Adds changed tables, transactions and partition values."),
};

export const targetSettings = z.discriminatedUnion(
  "engine",
  [
    postgres,
    mysql,
    oracle,
    sqlserver,
    docdb,
    z.strictObject({
      engine: z.literal("redshift"),
      ...server,
      staging: z
        .strictObject({ bucket: reference<SecureBucket>("SecureBucket"), prefix: folders.optional() })
        .describe("Where files wait to be copied into the cluster, under the migration's key."),
    }),
    z.strictObject({
      ...lakeFiles,
      transactionFolder: folder.describe(
        "Keeps changes of all tables in the order they were committed, in this folder under the prefix.",
      ),
      datePartition: z
        .enum(["none", "day", "hour", "month"])
        .optional()
        .describe("A folder for each day, hour or month of the commit: `day`, or `none` with a `transactionFolder`."),
      timestampColumn: z.string().min(1).default("dms_timestamp").describe("The column with the time of the commit."),
      maxBatchSeconds: z.int().min(1).default(60).describe("Seconds until changes are written."),
      minFileKiB: z.int().min(1).default(32_000).describe("KiB of changes that are written at once."),
    }),
    z.strictObject({
      engine: z.literal("kinesis"),
      streamArn: textInput().describe("The stream."),
      streamKeyArn: textInput().optional().describe("The stream's key, where it is not the migration's."),
      ...messages,
    }),
    z.strictObject({
      engine: z.literal("kafka"),
      brokers: textInput(/^[^\s,]+:\d+(,[^\s,]+:\d+)*$/, "host:port, separated by commas").describe(
        "`host:port`, separated by commas; reached by TLS.",
      ),
      topic: z.string().optional().describe("The topic; DMS's own when unset."),
      certificate: authority,
      ...messages,
    }),
    z.strictObject({
      engine: z.literal("dynamodb"),
      tableNames: z
        .array(z.string().regex(/^[A-Za-z0-9_.-]{3,255}$/, "3 to 255 letters, digits, _ . -"))
        .min(1)
        .describe("Names of the tables that DMS makes and fills."),
    }),
    z.strictObject({
      engine: z.literal("opensearch"),
      url: textInput(/^https:\/\//, "an https:// address").describe("The domain's address."),
      domainArn: textInput().describe("The domain."),
      maxFailedPercent: z
        .number()
        .min(0)
        .max(100)
        .default(10)
        .describe("Records in a hundred that may fail before the load stops."),
      retrySeconds: z.int().min(0).default(300).describe("Seconds for which a failed request is tried again."),
    }),
    // Redis keeps no credentials in Secrets Manager.
    z.strictObject({
      engine: z.literal("redis"),
      host: textInput().describe("The server's address."),
      port: z.int().min(1).max(65_535).default(6379).describe("The server's port."),
      username: textInput().optional().describe("The user; the token alone when unset."),
      token: textInput().describe("The token, a secret of Pulumi."),
      certificate: authority,
    }),
  ],
  { error: ({ input }) => refusedEngine((input as { engine?: unknown } | undefined)?.engine) },
);

/** Where a migration reads. */
export type MigrationSource = Settings<typeof sourceSettings>;
/** Where a migration writes. */
export type MigrationTarget = Settings<typeof targetSettings>;
export type MigrationCertificate = NonNullable<Settings<typeof certificate>>;

export type SourceEndpoint = Resolved<typeof sourceSettings>;
export type TargetEndpoint = Resolved<typeof targetSettings>;
export type Endpoint = SourceEndpoint | TargetEndpoint;

/** Sources whose credentials a secret holds. */
export const SECRET_SOURCES = [...POSTGRES_ENGINES, ...MYSQL_ENGINES, "oracle", "sqlserver", "mongodb"] as const;
