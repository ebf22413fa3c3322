import type * as pulumi from "@pulumi/pulumi";
import type { DataLake, Zone } from "../../../storage/data-lake";
import type { SecureBucket } from "../../../storage/secure-bucket";
import type { RelationalEngine, TlsMode } from "./engines";

/** What signs the server's certificate: PEM text, an Oracle wallet (base64), or a certificate DMS has already. */
export type MigrationCertificate =
  | { readonly pem: pulumi.Input<string> }
  | { readonly wallet: pulumi.Input<string> }
  | { readonly arn: pulumi.Input<string> };

/** How DMS connects to a server. */
export interface TlsArgs {
  /** Default: the strictest mode the engine takes, `verify-full` for most. */
  readonly tls?: TlsMode;
  /** Needed for the modes that verify. For RDS: the bundle of the region. */
  readonly certificate?: MigrationCertificate;
}

/**
 * Credentials that DMS reads from Secrets Manager by itself: `username`, `password`, `host`, `port` in one JSON document. A
 * secret that RDS manages has no host and port: make a user and a secret for the migration.
 */
export interface SecretArgs {
  readonly secretArn: pulumi.Input<string>;
  /** The key the secret is encrypted with, where it is not the migration's. */
  readonly secretKeyArn?: pulumi.Input<string>;
  /** A role of your own that reads the secret, for secrets of other accounts. Default: one made for it. */
  readonly secretRoleArn?: pulumi.Input<string>;
}

export interface RelationalEndpoint extends SecretArgs, TlsArgs {
  readonly engine: RelationalEngine;
  readonly databaseName: pulumi.Input<string>;
  /** PostgreSQL only: a replication slot that exists, which a start by position needs. */
  readonly slotName?: string;
  /** PostgreSQL only: how changes are decoded. */
  readonly plugin?: "pglogical" | "test-decoding";
  /** PostgreSQL only: keeps an idle slot from filling the disk, by a write every few minutes. */
  readonly heartbeatMinutes?: number;
  /** Oracle only: reads the redo log by LogMiner, or its files directly. Default `logminer`. */
  readonly redoReader?: "logminer" | "binary";
}

export interface MongoEndpoint extends SecretArgs, TlsArgs {
  readonly engine: "mongodb";
  readonly databaseName: pulumi.Input<string>;
  /** Database that holds the user. Default `admin`. */
  readonly authSource?: string;
  /** One column with the whole document, or a column a field. Default `document`. */
  readonly nesting?: "document" | "table";
}

/** The AWS provider knows no secret for DocumentDB: the password is in the stack's state, encrypted as a secret of Pulumi. */
export interface DocumentDbEndpoint extends TlsArgs {
  readonly engine: "docdb";
  readonly databaseName: pulumi.Input<string>;
  readonly host: pulumi.Input<string>;
  readonly port?: number;
  readonly username: pulumi.Input<string>;
  readonly password: pulumi.Input<string>;
}

export interface RedshiftEndpoint extends SecretArgs {
  readonly engine: "redshift";
  readonly databaseName: pulumi.Input<string>;
  /** Where files wait to be copied into the cluster; under the migration's key. */
  readonly staging: { readonly bucket: SecureBucket; readonly prefix?: string };
}

/** Files in the lake, or read from a bucket. */
export interface LakeEndpoint {
  readonly engine: "s3";
  /** The lake; its key must be the migration's. */
  readonly lake: DataLake;
  /** Default `processed`. */
  readonly zone?: Zone;
  /** Folders of letters, digits, `_ . -` that end with `/`. */
  readonly prefix: string;
  /** Of a source: the tables in the files, as DMS describes them. */
  readonly tables?: object;
  /** Of a source: where the files of changes are, under the prefix. */
  readonly changesFolder?: string;
  /** Of a target: keeps changes of all tables in the order they were committed, in this folder under the prefix. */
  readonly transactionFolder?: string;
  /** Of a target: a folder a day, or hour, of the commit. Default `day`; `none` with a `transactionFolder`. */
  readonly datePartition?: "none" | "day" | "hour" | "month";
  /** Of a target: column with the time of the commit. Default `dms_timestamp`. */
  readonly timestampColumn?: string;
  /** Of a target: seconds until changes are written. Default 60. */
  readonly maxBatchSeconds?: number;
  /** Of a target: KiB of changes that are written at once. Default 32000. */
  readonly minFileKiB?: number;
}

export interface KinesisEndpoint {
  readonly engine: "kinesis";
  readonly streamArn: pulumi.Input<string>;
  /** The stream's key, where it is not the migration's. */
  readonly streamKeyArn?: pulumi.Input<string>;
  /** Default `json-unformatted`: a record a line. */
  readonly format?: "json" | "json-unformatted";
  /** Tells of changed tables, transactions and partition values too. */
  readonly details?: boolean;
}

export interface KafkaEndpoint {
  readonly engine: "kafka";
  /** `host:port`, several separated by commas; by TLS. */
  readonly brokers: pulumi.Input<string>;
  readonly topic?: string;
  /** Of an authority that is not publicly known. */
  readonly certificate?: MigrationCertificate;
  readonly format?: "json" | "json-unformatted";
  readonly details?: boolean;
}

export interface DynamoDbEndpoint {
  readonly engine: "dynamodb";
  /** Names of the tables DMS makes and fills. */
  readonly tableNames: readonly string[];
}

export interface OpenSearchEndpoint {
  readonly engine: "opensearch";
  /** `https://…` */
  readonly url: pulumi.Input<string>;
  readonly domainArn: pulumi.Input<string>;
  /** Records in a hundred that may fail before the load stops. Default 10. */
  readonly maxFailedPercent?: number;
  /** Default 300. */
  readonly retrySeconds?: number;
}

/** Redis keeps no credentials in Secrets Manager; a token given here is a secret of Pulumi. */
export interface RedisEndpoint {
  readonly engine: "redis";
  readonly host: pulumi.Input<string>;
  readonly port?: number;
  readonly username?: pulumi.Input<string>;
  readonly token: pulumi.Input<string>;
  /** Of an authority that is not publicly known. */
  readonly certificate?: MigrationCertificate;
}

/** Where data comes from or goes to. */
export type MigrationEndpoint =
  | RelationalEndpoint
  | MongoEndpoint
  | DocumentDbEndpoint
  | RedshiftEndpoint
  | LakeEndpoint
  | KinesisEndpoint
  | KafkaEndpoint
  | DynamoDbEndpoint
  | OpenSearchEndpoint
  | RedisEndpoint;
