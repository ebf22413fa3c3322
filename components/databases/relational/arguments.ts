import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { NetworkView } from "../../core/network/view";
import type { NotificationTopic } from "../../core/notification-topic";
import type { Protection } from "../../core/protection";
import type { DatabaseStorage } from "./storage";
import type { DatabaseEngine } from "./engine-facts";

/** How an RDS database survives the loss of a zone: not at all, by a standby that only waits, or by two that can be read. */
export type Availability = "single" | "standby" | "readableStandbys";

/** Who knows the administrator's password. */
export type DatabaseCredentials =
  /** RDS makes it, keeps it in a secret under the key, and changes it on schedule. Default, every 30 days. */
  | { readonly kind: "managed"; readonly rotationDays?: number }
  /**
   * The program gives it, from the stack's encrypted configuration; it is kept in a secret under the key. For what RDS refuses to do with
   * passwords of its own: read replicas, blue/green updates, Oracle's container databases.
   */
  | {
      readonly kind: "given";
      readonly password: pulumi.Input<string>;
      /** A function that changes it on schedule, by Secrets Manager's protocol. */
      readonly rotation?: { readonly functionArn: pulumi.Input<string>; readonly days: number };
    };

export interface AuroraOptions {
  /** Replicas that can be read and take over, 0 to 15. Default 1. */
  readonly readers?: number;
  /** More readers while they are busy; `minimum` and `maximum` count all readers. */
  readonly autoscaling?: {
    readonly minimum: number;
    readonly maximum: number;
    /** Average of all readers to aim at: percent of CPU, or connections. Default: 70 percent of CPU. */
    readonly cpuPercent?: number;
    readonly connections?: number;
  };
  /** Aurora capacity units of `db.serverless` instances: 0 to 256 in halves; with 0 it pauses when idle. */
  readonly serverless?: { readonly minimum: number; readonly maximum: number };
  /** No charge for each read and write, a higher one for storage. */
  readonly ioOptimized?: boolean;
  /** Addresses of some members only, by role: `members` counts from 0, the first writer. */
  readonly endpoints?: Readonly<
    Record<string, { readonly kind: "any" | "reader"; readonly members: readonly number[] }>
  >;
}

/** Who may open connections: nobody but these. */
export interface DatabaseClients {
  /** Role in resource names → id of a security group. */
  readonly securityGroups?: Readonly<Record<string, pulumi.Input<string>>>;
  /** IPv4 ranges, inside the VPC's own. */
  readonly cidrBlocks?: readonly string[];
}

/**
 * What a new database starts with. Only looked at when it is made, and stays in the program afterwards: without it, administrator and name
 * would be those of another database.
 */
export type DatabaseOrigin =
  | { readonly from: "snapshot"; readonly snapshotId: pulumi.Input<string> }
  | {
      readonly from: "pointInTime";
      /** The instance, or the cluster, whose past is wanted. */
      readonly sourceIdentifier: pulumi.Input<string>;
      /** RFC 3339, UTC, e.g. `2026-11-23T04:00:00Z`. Default: the latest moment there is. */
      readonly at?: string;
    };

/** From where on somebody is told. */
export interface DatabaseAlarms {
  /** Default 80. */
  readonly cpuPercent?: number;
  /** Of the allocated storage. Default 10. */
  readonly freeStoragePercent?: number;
  /** Of the class's memory. Default 5. */
  readonly freeMemoryPercent?: number;
  /** Default: 80 percent of what the class takes. */
  readonly connections?: number;
  /** Default 30. */
  readonly replicaLagSeconds?: number;
}

/** RDS Proxy: a pool of connections between clients and database. */
export interface DatabaseProxy {
  /** Percent of the database's connections the pool may take. Default 90. */
  readonly maxConnectionsPercent?: number;
  /** Seconds after which an idle client is let go. Default 1800. */
  readonly idleClientSeconds?: number;
  /** Seconds a client waits for a connection of the pool. Default 120. */
  readonly borrowSeconds?: number;
  /** Clients authenticate by IAM token only. Default: by IAM token, where the engine knows it, else by password. */
  readonly iamAuthentication?: boolean;
}

/** An option of an option group, e.g. `MARIADB_AUDIT_PLUGIN`. */
export interface DatabaseOption {
  readonly name: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly version?: string;
}

/** Seconds between two measurements of the operating system; 0 is none. */
export const MONITORING_SECONDS = [0, 1, 5, 10, 15, 30, 60] as const;
/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html#UsingWithRDS.SSL.RegionCertificateAuthorities */
export const CA_CERTIFICATES = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"] as const;

/** What a database gets when its program says nothing. */
export interface DatabaseDefaults {
  readonly availability: Availability;
  readonly readers: number;
  readonly adminName: string;
  readonly rotationDays: number;
  readonly backupRetentionDays: number;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly autoMinorVersionUpgrade: boolean;
  readonly logRetentionDays: number;
  readonly monitoringSeconds: number;
  readonly insightsDays: number;
  readonly caCertificate: (typeof CA_CERTIFICATES)[number];
}

export interface RelationalDatabaseArgs {
  readonly engine: DatabaseEngine;
  /** A version family, e.g. `17`, or a release of one, e.g. `17.6`. Default: the engine's current family. */
  readonly engineVersion?: string;
  /** E.g. `db.r7g.large`; `db.serverless` with Aurora. */
  readonly instanceClass: string;
  readonly network: NetworkView;
  /** Encrypts storage, backups, the secret, Performance Insights and logs. */
  readonly key: EncryptionKey;
  /** RDS engines only. */
  readonly availability?: Availability;
  /** Aurora engines only. */
  readonly aurora?: AuroraOptions;
  /** The database made with the instance. Not with SQL Server. */
  readonly databaseName?: string;
  /** Not one of the names everybody tries. */
  readonly adminName?: string;
  readonly credentials?: DatabaseCredentials;
  /** Default: one above the engine's usual port, which is what everybody tries. */
  readonly port?: number;
  readonly clients?: DatabaseClients;
  /** An address on the internet, in the public subnets; still only for `clients`. */
  readonly publiclyAccessible?: boolean;
  readonly storage?: DatabaseStorage;
  readonly backup?: {
    /** 1 to 35: as far back goes point-in-time recovery. Default 14. */
    readonly retentionDays?: number;
    /** Daily, UTC. Default `01:00-02:00`. */
    readonly window?: string;
    /** Copies of backups and logs in another region, under a key of it. RDS instances only. */
    readonly otherRegion?: {
      readonly region: string;
      readonly keyArn: pulumi.Input<string>;
      /** Default: as here. */
      readonly retentionDays?: number;
    };
  };
  readonly maintenance?: {
    /** Weekly, UTC. Default `sun:03:00-sun:04:00`. */
    readonly window?: string;
    /** Default true. */
    readonly autoMinorVersionUpgrade?: boolean;
    /** Changes take effect at once, with their interruption, instead of in the window. */
    readonly applyImmediately?: boolean;
    /** Lets a change of `engineVersion` go to another family. */
    readonly allowMajorVersionUpgrade?: boolean;
  };
  readonly logs?: {
    /** Logs sent to CloudWatch, of those the engine has. Default: errors and slow queries, or what comes nearest. */
    readonly exports?: readonly string[];
    /** Default 90. */
    readonly retentionDays?: number;
  };
  readonly monitoring?: {
    /** Seconds between measurements of the operating system: 0 (none), 1, 5, 10, 15, 30 or 60. Default 60. */
    readonly intervalSeconds?: number;
    /** Days of Performance Insights: 0 (off), 7, 31 times 1 to 23, or 731. Default 7. */
    readonly insightsDays?: number;
    /** CloudWatch Database Insights in its advanced mode; takes 465 days of Performance Insights. */
    readonly advancedInsights?: boolean;
  };
  /** Parameters of the engine. `afterReboot` for static ones. Those that force TLS are set and cannot be taken back. */
  readonly parameters?: Readonly<Record<string, string | { readonly value: string; readonly afterReboot: boolean }>>;
  readonly options?: readonly DatabaseOption[];
  /** IAM users and roles may connect with a token: see `grantConnect`. Default: wherever the engine can. */
  readonly iamAuthentication?: boolean;
  /** Oracle SE2: `included` or `own`. Other commercial engines know one only. */
  readonly license?: "included" | "own";
  /** Keep a version whose support is over, for an hourly price. Default: AWS upgrades it. */
  readonly extendedSupport?: boolean;
  readonly caCertificate?: (typeof CA_CERTIFICATES)[number];
  /** A pool of connections in front, which also shortens failovers. */
  readonly proxy?: DatabaseProxy;
  /** Read replicas of an RDS instance, by role. Take credentials that are `given`, except with SQL Server. */
  readonly replicas?: Readonly<Record<string, { readonly instanceClass?: string; readonly standby?: boolean }>>;
  readonly origin?: DatabaseOrigin;
  /**
   * Updates are made on a copy that then takes over. MySQL, MariaDB and PostgreSQL, with credentials that are `given`. The provider forgets
   * the role of enhanced monitoring on the way: https://github.com/hashicorp/terraform-provider-aws/issues/43315
   */
  readonly blueGreenUpdates?: boolean;
  /** Who hears of CPU, storage, memory, connections and replicas that lag. */
  readonly alerts?: NotificationTopic;
  readonly alarms?: DatabaseAlarms;
  readonly protection?: Protection;
  readonly transform?: {
    readonly instance?: (args: aws.rds.InstanceArgs) => aws.rds.InstanceArgs;
    readonly cluster?: (args: aws.rds.ClusterArgs) => aws.rds.ClusterArgs;
    readonly clusterInstance?: (args: aws.rds.ClusterInstanceArgs) => aws.rds.ClusterInstanceArgs;
  };
}
