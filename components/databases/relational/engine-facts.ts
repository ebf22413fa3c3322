import type { ArgumentCheck } from "../../core/validate";

/** What RDS and Aurora can run. */
export const DATABASE_ENGINES = [
  "aurora-mysql",
  "aurora-postgresql",
  "mariadb",
  "mysql",
  "oracle-ee",
  "oracle-ee-cdb",
  "oracle-se2",
  "oracle-se2-cdb",
  "postgres",
  "sqlserver-ee",
  "sqlserver-ex",
  "sqlserver-se",
  "sqlserver-web",
] as const;
export type DatabaseEngine = (typeof DATABASE_ENGINES)[number];

/** Engines that behave alike towards RDS. */
export type EngineKind =
  "aurora-mysql" | "aurora-postgresql" | "mariadb" | "mysql" | "oracle" | "postgres" | "sqlserver";

export interface EngineFacts {
  readonly kind: EngineKind;
  /** Version families, the newest that most regions have first: the default. */
  readonly families: readonly string[];
  /** A port that is not scanned first; the engine's own default is `usualPort`. */
  readonly port: number;
  readonly usualPort: number;
  /** Logs that can be exported: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html. */
  readonly logs: readonly string[];
  /** Logs that are exported unless the caller says otherwise. */
  readonly usualLogs: readonly string[];
  readonly iamAuthentication: boolean;
  /** The family of RDS Proxy; undefined where it has none. */
  readonly proxyFamily: "MYSQL" | "POSTGRESQL" | "SQLSERVER" | undefined;
  /** Takes option groups. */
  readonly options: boolean;
  /** Two readable standbys instead of one that only waits. */
  readonly readableStandbys: boolean;
  /** Names of administrators that attackers try first, or that the engine keeps for itself. */
  readonly reservedNames: readonly string[];
  readonly adminName: RegExp;
  /** Undefined: no database can be made with the instance. */
  readonly databaseName: RegExp | undefined;
}

const word = (most: number): RegExp => new RegExp(`^[A-Za-z][A-Za-z0-9_]{0,${most - 1}}$`);
const TRIED_FIRST = ["admin", "administrator", "root", "master", "rdsadmin", "rdsadmin_internal", "rds_superuser"];

const MYSQL = {
  families: ["8.4", "8.0", "5.7"],
  port: 3307,
  usualPort: 3306,
  logs: ["audit", "error", "general", "iam-db-auth-error", "slowquery"],
  usualLogs: ["error", "slowquery"],
  iamAuthentication: true,
  proxyFamily: "MYSQL",
  options: true,
  readableStandbys: true,
  reservedNames: [...TRIED_FIRST, "mysql"],
  adminName: word(32),
  databaseName: word(64),
} as const;
const POSTGRES = {
  families: ["17", "18", "16", "15", "14", "13"],
  port: 5433,
  usualPort: 5432,
  logs: ["iam-db-auth-error", "postgresql", "upgrade"],
  usualLogs: ["postgresql", "upgrade"],
  iamAuthentication: true,
  proxyFamily: "POSTGRESQL",
  options: false,
  readableStandbys: true,
  reservedNames: [...TRIED_FIRST, "postgres"],
  adminName: word(63),
  databaseName: word(63),
} as const;

const FACTS: Readonly<Record<EngineKind, EngineFacts>> = {
  mysql: { kind: "mysql", ...MYSQL },
  mariadb: {
    ...MYSQL,
    kind: "mariadb",
    families: ["11.8", "11.4", "10.11", "10.6"],
    readableStandbys: false,
    reservedNames: [...TRIED_FIRST, "mariadb", "mysql"],
    adminName: word(16),
  },
  "aurora-mysql": {
    ...MYSQL,
    kind: "aurora-mysql",
    families: ["8.0", "5.7"],
    logs: [...MYSQL.logs, "instance"],
    options: false,
    readableStandbys: false,
  },
  postgres: { kind: "postgres", ...POSTGRES },
  "aurora-postgresql": {
    ...POSTGRES,
    kind: "aurora-postgresql",
    families: ["17", "16", "15", "14", "13"],
    logs: ["iam-db-auth-error", "instance", "postgresql"],
    usualLogs: ["postgresql"],
    readableStandbys: false,
  },
  oracle: {
    kind: "oracle",
    families: ["19"],
    port: 1531,
    usualPort: 1521,
    logs: ["alert", "audit", "listener", "oemagent", "trace"],
    usualLogs: ["alert", "audit", "listener", "trace"],
    iamAuthentication: false,
    proxyFamily: undefined,
    options: true,
    readableStandbys: false,
    reservedNames: [...TRIED_FIRST, "oracle", "sys", "system"],
    adminName: word(30),
    databaseName: /^[A-Za-z][A-Za-z0-9]{0,7}$/,
  },
  sqlserver: {
    kind: "sqlserver",
    families: ["16.00", "15.00", "14.00"],
    port: 1450,
    usualPort: 1433,
    logs: ["agent", "error"],
    usualLogs: ["agent", "error"],
    iamAuthentication: false,
    proxyFamily: "SQLSERVER",
    options: true,
    readableStandbys: false,
    reservedNames: [...TRIED_FIRST, "sa", "sysadmin", "guest", "public", "dbo"],
    adminName: word(128),
    databaseName: undefined,
  },
};

/** Returns the facts of an engine. */
export function engineFacts(engine: DatabaseEngine): EngineFacts {
  if (engine.startsWith("oracle-")) {
    // Release 21 only exists as a container database.
    return engine.endsWith("-cdb") ? { ...FACTS.oracle, families: ["19", "21"] } : FACTS.oracle;
  }
  if (!engine.startsWith("sqlserver-")) return FACTS[engine as EngineKind];
  // The agent does not exist in the Express edition.
  return engine === "sqlserver-ex" ? { ...FACTS.sqlserver, logs: ["error"], usualLogs: ["error"] } : FACTS.sqlserver;
}

export const isAurora = (engine: DatabaseEngine): boolean => engine.startsWith("aurora-");
/** Engines whose community ends their support, and whose support AWS then sells by the hour. */
export const hasExtendedSupport = (engine: DatabaseEngine): boolean =>
  ["mysql", "postgres", "aurora-mysql", "aurora-postgresql"].includes(engine);

/** Returns the version and its parameter group's family. What is neither a family nor a release of one becomes a problem. */
export function engineVersion(
  engine: DatabaseEngine,
  wanted: string | undefined,
  check: ArgumentCheck,
): { readonly version: string; readonly family: string; readonly majorVersion: string } {
  const { kind, families } = engineFacts(engine);
  const version = wanted ?? families[0] ?? "";
  const majorVersion = families.find((one) => version === one || version.startsWith(`${one}.`));
  const allowed = `${families.join(", ")}, or a release of one of them`;
  check.require(majorVersion !== undefined && /^[\w.-]+$/.test(version), "engineVersion", version, allowed);
  const major = majorVersion ?? "";
  switch (kind) {
    case "oracle":
      return { version, majorVersion: major, family: `${engine}-${major}` };
    case "sqlserver":
      // `16.00` is the version, `sqlserver-se-16.0` the family.
      return { version, majorVersion: major, family: `${engine}-${major.replace(/0$/, "")}` };
    default:
      return { version, majorVersion: major, family: `${engine}${major}` };
  }
}
