import type { ArgumentCheck } from "../../core/validate";
import type { DatabaseEngine, EngineFacts } from "./engine-facts";
import { checkClass } from "./instance-classes";
import type { DatabaseSettings } from "./settings";

/** What RDS does not do, or not together. */

/** Passwords that RDS makes exclude some features; given ones do not. */
export function checkCredentials(
  { engine, credentials, replicas, blueGreenUpdates }: DatabaseSettings,
  check: ArgumentCheck,
): void {
  if (credentials.kind === "given") return;
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
  const given = (what: string): string => `"given", as RDS manages no password with ${what}`;
  const withReplicas = Object.keys(replicas).length > 0 && !engine.startsWith("sqlserver-");
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

/** Checks what has replicas, and their classes. */
export function checkReplicas({ engine, replicas }: DatabaseSettings, topology: string, check: ArgumentCheck): void {
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
    if (replica.instanceClass)
      checkClass(`replicas.${role}.instanceClass`, engine, topology, replica.instanceClass, check);
  }
}

/** Checks proxy, blue/green updates, public access and copies of backups. */
export function checkExtras(
  settings: DatabaseSettings,
  topology: string,
  facts: EngineFacts,
  check: ArgumentCheck,
): void {
  const { engine, proxy, blueGreenUpdates, publiclyAccessible, backup } = settings;
  check.require(
    !proxy || facts.proxyFamily !== undefined,
    "proxy",
    "a proxy",
    `none, with ${engine}: RDS Proxy does not speak it`,
  );
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
  const { otherRegion } = backup;
  check.require(
    otherRegion === undefined || topology === "single" || topology === "standby",
    "backup.otherRegion",
    otherRegion?.region,
    `unset, with ${topology}: RDS copies those of instances`,
  );
}
