import { z } from "zod";
import { logRetentionDays } from "../../core/log-retention";
import { textInput, type Resolved } from "../../core/settings";
import { DATABASE_ENGINES } from "./engine-facts";
import { storageSettings } from "./storage";

const role = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case letters, digits and single hyphens");
const days = z.int().min(1).max(1000);
const retentionDays = z.int().min(1).max(35);

const credentials = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("managed"),
      rotationDays: days.default(30).describe("Days after which RDS changes the password."),
    }),
    z.strictObject({
      kind: z.literal("given"),
      password: textInput().describe("The password, from the stack's encrypted configuration."),
      rotation: z
        .strictObject({ functionArn: textInput(), days })
        .optional()
        .describe("A function that changes the password on schedule, by Secrets Manager's protocol."),
    }),
  ])
  .prefault({ kind: "managed" })
  .describe(
    "Who makes the administrator's password: RDS (`managed`), or the program (`given`), for what RDS refuses to do with passwords of its own: read replicas, blue/green updates, Oracle's container databases. A secret under the key holds it.",
  );

export const autoscalingSettings = z.strictObject({
  minimum: z.int().min(0).max(15).describe("The least readers."),
  maximum: z.int().min(1).max(15).describe("The most readers, while they are busy."),
  cpuPercent: z
    .int()
    .min(1)
    .max(99)
    .optional()
    .describe("Percent of CPU that all readers are to use on average; 70 when `connections` is unset too."),
  connections: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe("Connections that a reader is to have on average, instead of a percentage of CPU."),
});

export const auroraSettings = z.strictObject({
  readers: z
    .int()
    .min(0)
    .max(15)
    .default(1)
    .describe("Aurora: replicas that can be read and take over.")
    .meta({ safer: "higher" }),
  autoscaling: autoscalingSettings
    .optional()
    .describe("More readers while they are busy; `minimum` and `maximum` count all readers."),
  serverless: z
    .strictObject({ minimum: z.number(), maximum: z.number() })
    .optional()
    .describe(
      "Aurora capacity units of `db.serverless` instances: 0 to 256 in halves. With a minimum of 0 the database pauses when idle.",
    ),
  ioOptimized: z.boolean().default(false).describe("No charge for each read and write, a higher one for storage."),
  endpoints: z
    .record(
      role,
      z.strictObject({
        kind: z.enum(["any", "reader"]),
        members: z.array(z.int().min(0)).min(1).describe("The members, counted from 0, the first writer."),
      }),
    )
    .default({})
    .describe("Addresses of some members only, by role."),
});

const origin = z
  .discriminatedUnion("from", [
    z.strictObject({ from: z.literal("snapshot"), snapshotId: textInput() }),
    z.strictObject({
      from: z.literal("pointInTime"),
      sourceIdentifier: textInput().describe("The instance, or the cluster, whose past is restored."),
      at: z
        .string()
        .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "a time in UTC, e.g. 2026-11-23T04:00:00Z")
        .optional()
        .describe("The moment, RFC 3339 in UTC; the latest one when unset."),
    }),
  ])
  .optional()
  .describe(
    "What a new database starts with. It counts only when the database is made, and stays in the program afterwards: without it, administrator and name would be those of another database.",
  );

const proxy = z
  .strictObject({
    maxConnectionsPercent: z
      .int()
      .min(1)
      .max(100)
      .default(90)
      .describe("Percent of the database's connections that the pool may use."),
    idleClientSeconds: z
      .int()
      .min(1)
      .max(28_800)
      .default(1800)
      .describe("Seconds after which an idle client is disconnected."),
    borrowSeconds: z
      .int()
      .min(0)
      .max(300)
      .default(120)
      .describe("Seconds that a client waits for a connection of the pool."),
    iamAuthentication: z
      .boolean()
      .optional()
      .describe("Clients authenticate by IAM token only. When unset they do where the engine knows tokens."),
  })
  .optional()
  .describe("A pool of connections in front of the database (RDS Proxy), which also shortens failovers.");

const alarms = z
  .strictObject({
    cpuPercent: z.int().min(1).max(100).default(80).describe("Percent of CPU that may be used."),
    freeStoragePercent: z.int().min(1).max(100).default(10).describe("Percent of the storage that must be free."),
    freeMemoryPercent: z.int().min(1).max(100).default(5).describe("Percent of the class's memory that must be free."),
    connections: z
      .int()
      .min(1)
      .optional()
      .describe("Connections that may be open; 80 percent of what the class accepts when unset."),
    replicaLagSeconds: z.int().min(1).default(30).describe("Seconds that a replica may be behind."),
  })
  .prefault({})
  .describe("Limits from which on an alarm is sent.");

const backup = z
  .strictObject({
    retentionDays: retentionDays
      .default(14)
      .describe("Days to any second of which the database can be restored.")
      .meta({ safer: "higher" }),
    window: z.string().default("01:00-02:00").describe("When backups are made, daily, UTC."),
    otherRegion: z
      .strictObject({
        region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region, e.g. eu-west-1"),
        keyArn: textInput().describe("A key of that region."),
        retentionDays: retentionDays.optional().describe("Days to keep the copies; as here when unset."),
      })
      .optional()
      .describe("Copies of backups and logs in another region. RDS instances only."),
  })
  .prefault({})
  .describe("Backups for point-in-time recovery.");

const maintenance = z
  .strictObject({
    window: z.string().default("sun:03:00-sun:04:00").describe("When AWS may interrupt, weekly, UTC."),
    autoMinorVersionUpgrade: z.boolean().default(true).describe("AWS installs minor versions."),
    applyImmediately: z
      .boolean()
      .default(false)
      .describe("Changes take effect at once, with their interruption, instead of in the window."),
    allowMajorVersionUpgrade: z
      .boolean()
      .default(false)
      .describe("Lets a change of `engineVersion` go to another family."),
  })
  .prefault({})
  .describe("When and how the database is changed.");

const monitoring = z
  .strictObject({
    intervalSeconds: z
      .literal([0, 1, 5, 10, 15, 30, 60])
      .default(60)
      .describe("Seconds between measurements of the operating system; 0: none."),
    logGroup: z
      .enum(["create", "existing"])
      .default("existing")
      .describe(
        "The log group `RDSOSMetrics`, to which the measurements of all databases of an account and region go. `existing` leaves it to RDS, which keeps its events for 30 days; `create` declares it with the key and `logRetentionDays`, in one stack of the account and region, and only before RDS has made it.",
      ),
    insightsDays: z
      .int()
      .optional()
      .describe(
        "Days of Performance Insights: 0 (off), 7, 31 times 1 to 23, or 731. When unset 7, or 465 with `advancedInsights`, or 0 where the class has none.",
      ),
    advancedInsights: z
      .boolean()
      .default(false)
      .describe("CloudWatch Database Insights in its advanced mode; it takes 465 days of Performance Insights."),
  })
  .prefault({})
  .describe("How closely the database is measured.");

const option = z.strictObject({
  name: z.string().min(1).describe("The option, e.g. `MARIADB_AUDIT_PLUGIN`."),
  settings: z.record(z.string(), z.string()).default({}),
  version: z.string().optional(),
});

export const relationalDatabaseSettings = z.strictObject({
  engine: z.enum(DATABASE_ENGINES).describe("Engine of RDS or Aurora."),
  engineVersion: z
    .string()
    .optional()
    .describe("A version family, e.g. `17`, or a release of one, e.g. `17.6`; the engine's current family when unset."),
  instanceClass: z.string().min(1).describe("E.g. `db.r7g.large`; `db.serverless` with Aurora."),
  availability: z
    .enum(["single", "standby", "readableStandbys"])
    .default("standby")
    .describe(
      "RDS engines: how the loss of a zone is survived: not at all, by a standby that only waits, or by two that can be read.",
    )
    .meta({ safer: ["single", "standby", "readableStandbys"] }),
  aurora: auroraSettings.optional().describe("Aurora engines only."),
  databaseName: z
    .string()
    .min(1)
    .optional()
    .describe("The database that is made with the instance. SQL Server makes none."),
  adminName: z
    .string()
    .default("platform_admin")
    .describe("The administrator: a name other than those that attackers try first."),
  credentials,
  port: z
    .int()
    .min(1150)
    .max(65_535)
    .optional()
    .describe("One above the engine's usual port, which is scanned first, when unset."),
  clients: z
    .strictObject({
      securityGroups: z
        .record(z.string().regex(/^[a-z][a-z0-9-]*$/, "lower-case letters, digits and hyphens as names"), textInput())
        .default({})
        .describe("Ids of security groups, by role."),
      cidrBlocks: z.array(z.string()).default([]).describe("IPv4 ranges, inside the VPC's own."),
    })
    .prefault({})
    .describe("The only clients that may open connections."),
  publiclyAccessible: z
    .boolean()
    .default(false)
    .describe("An address on the internet, in the public subnets; still only for `clients`.")
    .meta({ safer: [true, false] }),
  storage: storageSettings,
  backup,
  maintenance,
  logs: z
    .array(z.string())
    .optional()
    .describe(
      "Logs that are sent to CloudWatch, of those the engine has; errors and slow queries, or what comes nearest, when unset.",
    ),
  logRetentionDays,
  monitoring,
  parameters: z
    .record(
      z.string().regex(/^[a-z0-9_.]+( [a-z0-9_. ]+)?$/i, "names of parameters"),
      z.union([z.string(), z.strictObject({ value: z.string(), afterReboot: z.boolean() })]),
    )
    .default({})
    .describe(
      "Parameters of the engine; `afterReboot` for static ones. Those that force TLS are set and cannot be changed.",
    ),
  options: z
    .array(option)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "each option once")
    .default([])
    .describe("Options of the option group."),
  iamAuthentication: z
    .boolean()
    .optional()
    .describe(
      "IAM users and roles may connect with a token: see `grantConnect`. When unset they may wherever the engine can.",
    ),
  license: z
    .enum(["included", "own"])
    .optional()
    .describe("The license of Oracle SE2; `included` when unset. Other commercial engines know one only."),
  extendedSupport: z
    .boolean()
    .default(false)
    .describe("Keeps a version whose support is over, for an hourly price. AWS upgrades it otherwise."),
  caCertificate: z
    .enum(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"])
    .default("rds-ca-rsa2048-g1")
    .describe(
      "The authority of the server's certificate: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html#UsingWithRDS.SSL.RegionCertificateAuthorities.",
    ),
  proxy,
  replicas: z
    .record(role, z.strictObject({ instanceClass: z.string().optional(), standby: z.boolean().default(false) }))
    .default({})
    .describe(
      "Read replicas of an RDS instance, by role. They need credentials that are `given`, except with SQL Server.",
    ),
  origin,
  blueGreenUpdates: z
    .boolean()
    .default(false)
    .describe(
      "Updates are made on a copy that then takes over. MySQL, MariaDB and PostgreSQL, with credentials that are `given`. The provider loses the role of enhanced monitoring on the way: https://github.com/hashicorp/terraform-provider-aws/issues/43315.",
    ),
  alarms,
});

export type DatabaseSettings = Resolved<typeof relationalDatabaseSettings>;
export type AuroraOptions = Resolved<typeof auroraSettings>;
/** The arguments that a caller gave: defaults are not filled in. */
export type GivenArguments = Readonly<Partial<Record<keyof DatabaseSettings, unknown>>>;
