/** What DMS can do with each engine: facts, without resources. */

export type TlsMode = "none" | "require" | "verify-ca" | "verify-full";

export type RelationalEngine =
  "postgres" | "aurora-postgresql" | "mysql" | "mariadb" | "aurora" | "oracle" | "sqlserver";

export type MigrationEngine =
  | RelationalEngine
  | "mongodb"
  | "docdb"
  | "redshift"
  | "s3"
  | "kinesis"
  | "kafka"
  | "dynamodb"
  | "opensearch"
  | "redis";

export interface EngineFacts {
  readonly roles: readonly ("source" | "target")[];
  /** Modes of TLS that DMS offers, the strictest last; none where the connection is not the endpoint's to secure. */
  readonly tls: readonly TlsMode[];
  /** DMS reads the credentials from Secrets Manager. */
  readonly secret: boolean;
  /** DMS can compare rows of this engine. */
  readonly comparable: boolean;
  /** A start of changes by time; elsewhere by position only. */
  readonly startTime: boolean;
  /** DMS can capture from "now" without a position. */
  readonly startNow: boolean;
}

const source = { roles: ["source"], startTime: true, startNow: true } as const;
const both = { roles: ["source", "target"], startTime: true, startNow: true } as const;
const target = {
  roles: ["target"],
  tls: [],
  secret: false,
  comparable: false,
  startTime: false,
  startNow: false,
} as const;

// https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html
const POSTGRES_TLS: readonly TlsMode[] = ["none", "require", "verify-ca", "verify-full"];
const MYSQL_TLS: readonly TlsMode[] = ["none", "verify-ca", "verify-full"];
const PLAIN_OR_FULL: readonly TlsMode[] = ["none", "require", "verify-full"];

// PostgreSQL cannot tell which position a time was at.
const postgres: EngineFacts = { ...both, tls: POSTGRES_TLS, secret: true, comparable: true, startTime: false };
const mysql: EngineFacts = { ...both, tls: MYSQL_TLS, secret: true, comparable: true };

/** Every engine, as a source and as a target. */
export const ENGINES: Readonly<Record<MigrationEngine, EngineFacts>> = {
  postgres,
  "aurora-postgresql": postgres,
  mysql,
  mariadb: mysql,
  aurora: mysql,
  oracle: { ...both, tls: ["none", "verify-ca"], secret: true, comparable: true },
  sqlserver: { ...both, tls: PLAIN_OR_FULL, secret: true, comparable: true },
  mongodb: { ...source, tls: PLAIN_OR_FULL, secret: true, comparable: false },
  docdb: { ...both, tls: ["none", "verify-full"], secret: false, comparable: false },
  // DMS always connects by TLS.
  redshift: { ...target, secret: true, comparable: true },
  // It reads the files of changes from the first one, or from the one named.
  s3: { ...both, tls: [], secret: false, comparable: false, startTime: false, startNow: false },
  kinesis: target,
  kafka: target,
  dynamodb: target,
  opensearch: target,
  redis: target,
};

export const MIGRATION_ENGINES = Object.keys(ENGINES) as readonly MigrationEngine[];

/** Engines DMS knows and this platform does not, with the reason. */
export const REFUSED_ENGINES: Readonly<Record<string, string>> = {
  neptune:
    "anything but neptune: the AWS provider can set neither a graph mapping nor the endpoint's bucket, without which DMS loads nothing",
};

/** Why DMS cannot compare rows of the two; undefined if it can. */
export function incomparable(from: MigrationEngine, to: MigrationEngine): string | undefined {
  const without = [from, to].filter((engine) => !ENGINES[engine].comparable);
  return without.length === 0 ? undefined : `DMS does not compare rows of ${without.join(" and ")}`;
}

/** The strictest mode the engine takes. */
export const strictestTls = (engine: MigrationEngine): TlsMode => ENGINES[engine].tls.at(-1) ?? "none";

/** Modes that check the server's certificate need its authority's. */
export const needsCertificate = (mode: TlsMode): boolean => mode.startsWith("verify");
