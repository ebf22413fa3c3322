import type { ArgumentCheck } from "../../core/validate";
import type { RelationalDatabaseArgs } from "./arguments";
import type { DatabaseEngine, EngineFacts } from "./engine-facts";
import { checkClass } from "./instance-classes";

/** What RDS does not do, or not together. */

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Passwords of RDS's own making exclude some features; given ones do not. */
export function checkCredentials(
  { engine, credentials, replicas, blueGreenUpdates }: RelationalDatabaseArgs,
  check: ArgumentCheck,
): void {
  if (credentials?.kind === "given") {
    check.integer("credentials.rotation.days", credentials.rotation?.days, 1, 1000);
    return;
  }
  check.oneOf("credentials.kind", credentials?.kind, ["managed", "given"]);
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
  const given = (what: string): string => `"given", as RDS manages no password with ${what}`;
  const withReplicas = Object.keys(replicas ?? {}).length > 0 && !engine.startsWith("sqlserver-");
  check.require(!withReplicas, "credentials.kind", "managed", given("read replicas"));
  check.require(!blueGreenUpdates, "credentials.kind", "managed", given("blue/green updates"));
  check.require(!engine.endsWith("-cdb"), "credentials.kind", "managed", given("container databases"));
}

const REPLICATING: readonly DatabaseEngine[] = [
  "mysql",
  "mariadb",
  "postgres",
  "oracle-ee",
  "oracle-ee-cdb",
  "sqlserver-ee",
];

export function checkReplicas(
  { engine, replicas = {} }: RelationalDatabaseArgs,
  topology: string,
  check: ArgumentCheck,
): void {
  const roles = Object.keys(replicas);
  if (roles.length === 0) return;
  check.require(
    REPLICATING.includes(engine),
    "replicas",
    roles,
    `none, with ${engine}; engines with replicas: ${REPLICATING.join(", ")}`,
  );
  check.require(topology !== "readableStandbys", "replicas", roles, "none: the standbys can be read");
  check.integer("replicas", roles.length, 0, 15);
  for (const [role, replica] of Object.entries(replicas)) {
    check.matches("replicas", role, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case letters, digits and single hyphens");
    if (replica.instanceClass)
      checkClass(`replicas.${role}.instanceClass`, engine, topology, replica.instanceClass, check);
  }
}

export function checkExtras(
  args: RelationalDatabaseArgs,
  topology: string,
  facts: EngineFacts,
  check: ArgumentCheck,
): void {
  const { engine, proxy, blueGreenUpdates, origin, publiclyAccessible } = args;
  check.require(
    !proxy || facts.proxyFamily !== undefined,
    "proxy",
    "a proxy",
    `none, with ${engine}: RDS Proxy does not speak it`,
  );
  check.integer("proxy.maxConnectionsPercent", proxy?.maxConnectionsPercent, 1, 100);
  check.integer("proxy.idleClientSeconds", proxy?.idleClientSeconds, 1, 28_800);
  check.integer("proxy.borrowSeconds", proxy?.borrowSeconds, 0, 300);
  const copies = ["mysql", "mariadb", "postgres"].includes(engine) && topology !== "readableStandbys";
  check.require(
    !blueGreenUpdates || copies,
    "blueGreenUpdates",
    true,
    "false, but for instances of mysql, mariadb and postgres",
  );
  check.require(
    !publiclyAccessible || topology !== "readableStandbys",
    "publiclyAccessible",
    true,
    "false, with readable standbys",
  );
  check.oneOf("logs.retentionDays", args.logs?.retentionDays, LOG_RETENTION_DAYS);
  const { otherRegion } = args.backup ?? {};
  if (otherRegion) {
    const copied = topology === "single" || topology === "standby";
    check.require(
      copied,
      "backup.otherRegion",
      otherRegion.region,
      `unset, with ${topology}: RDS copies those of instances`,
    );
    check.matches(
      "backup.otherRegion.region",
      otherRegion.region,
      /^[a-z]{2}(-[a-z]+)+-\d$/,
      "a region, e.g. eu-west-1",
    );
    check.integer("backup.otherRegion.retentionDays", otherRegion.retentionDays, 1, 35);
  }
  if (origin) check.oneOf("origin.from", origin.from, ["snapshot", "pointInTime"]);
  if (origin?.from === "pointInTime")
    check.matches(
      "origin.at",
      origin.at,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
      "a time in UTC, e.g. 2026-11-23T04:00:00Z",
    );
}
