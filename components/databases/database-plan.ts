import type { ArgumentCheck } from "../core/validate";
import {
  CA_CERTIFICATES,
  MONITORING_SECONDS,
  type Availability,
  type DatabaseOption,
  type RelationalDatabaseArgs,
} from "./database-arguments";
import { storageOf } from "./database-storage";
import { checkWindows } from "./database-windows";
import {
  DATABASE_ENGINES,
  engineFacts,
  engineVersion,
  hasExtendedSupport,
  isAurora,
  type DatabaseEngine,
  type EngineFacts,
} from "./engine-facts";
import { checkClass, knowsInsights, SERVERLESS } from "./instance-classes";

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

export interface DatabaseParameter {
  readonly name: string;
  readonly value: string;
  readonly applyMethod: "immediate" | "pending-reboot";
}

/** A database with every decision made. */
export interface DatabasePlan {
  readonly engine: DatabaseEngine;
  readonly facts: EngineFacts;
  readonly version: string;
  readonly majorVersion: string;
  /** Of its parameter group. */
  readonly family: string;
  readonly topology: "aurora" | Availability;
  readonly instanceClass: string;
  readonly storage: ReturnType<typeof storageOf>;
  /** The port the engine listens on. */
  readonly port: number;
  /** The port with TLS that clients are let to: another one with Oracle. */
  readonly clientPort: number;
  /** Unset where the origin brings its own. */
  readonly adminName: string | undefined;
  readonly databaseName: string | undefined;
  readonly rotationDays: number | undefined;
  readonly retentionDays: number;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly autoMinorVersionUpgrade: boolean;
  readonly applyImmediately: boolean;
  readonly allowMajorVersionUpgrade: boolean;
  readonly logs: readonly string[];
  readonly logRetentionDays: number;
  readonly monitoringSeconds: number;
  readonly insightsDays: number;
  readonly insightsMode: "standard" | "advanced";
  readonly parameters: readonly DatabaseParameter[];
  readonly options: readonly (DatabaseOption & { readonly port?: number })[];
  readonly iamAuthentication: boolean;
  readonly licenseModel: string | undefined;
  readonly lifecycleSupport: string | undefined;
  readonly caCertificate: string;
  readonly readers: number;
}

/** Oracle's listener for TLS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.Oracle.Options.SSL.html */
const ORACLE_TLS_PORT = 2484;
/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const SQLSERVER_FORBIDDEN = [1234, 1434, 3260, 3343, 3389, 47_001, 49_152, 49_153, 49_154, 49_155, 49_156];
const ADVANCED_INSIGHTS_DAYS = 465;

/** Makes every decision of a database; what RDS would refuse is refused here. */
export function planDatabase(
  args: RelationalDatabaseArgs,
  defaults: DatabaseDefaults,
  check: ArgumentCheck,
): DatabasePlan {
  const { engine } = args;
  check.oneOf("engine", engine, DATABASE_ENGINES);
  const facts = engineFacts(engine);
  const versions = engineVersion(engine, args.engineVersion, check);
  const topology = topologyOf(args, defaults, check);
  checkClass("instanceClass", engine, topology, args.instanceClass, check);
  const backupWindow = args.backup?.window ?? defaults.backupWindow;
  const maintenanceWindow = args.maintenance?.window ?? defaults.maintenanceWindow;
  checkWindows(backupWindow, maintenanceWindow, check);
  const retentionDays = args.backup?.retentionDays ?? defaults.backupRetentionDays;
  check.integer("backup.retentionDays", retentionDays, 1, 35);
  const logs = [...(args.logs?.exports ?? facts.usualLogs)].sort();
  for (const log of logs) check.oneOf("logs.exports", log, facts.logs);
  check.require(new Set(logs).size === logs.length, "logs.exports", logs, "each log once");
  const iamAuthentication = args.iamAuthentication ?? facts.iamAuthentication;
  check.require(facts.iamAuthentication || !iamAuthentication, "iamAuthentication", true, `false: ${engine} has none`);
  check.oneOf("caCertificate", args.caCertificate, CA_CERTIFICATES);
  const port = portOf(args, facts, check);
  checkCredentials(args, check);
  const rotationDays =
    args.credentials?.kind === "given" ? undefined : (args.credentials?.rotationDays ?? defaults.rotationDays);
  check.integer("credentials.rotationDays", rotationDays, 1, 1000);
  checkReplicas(args, topology, check);
  checkExtras(args, topology, facts, check);
  return {
    engine,
    facts,
    ...versions,
    topology,
    instanceClass: args.instanceClass,
    storage: storageOf(engine, topology, args.storage, check),
    port,
    clientPort: facts.kind === "oracle" ? ORACLE_TLS_PORT : port,
    ...namesOf(args, defaults, facts, check),
    rotationDays,
    retentionDays,
    backupWindow,
    maintenanceWindow,
    autoMinorVersionUpgrade: args.maintenance?.autoMinorVersionUpgrade ?? defaults.autoMinorVersionUpgrade,
    applyImmediately: args.maintenance?.applyImmediately ?? false,
    allowMajorVersionUpgrade: args.maintenance?.allowMajorVersionUpgrade ?? false,
    logs,
    logRetentionDays: args.logs?.retentionDays ?? defaults.logRetentionDays,
    ...monitoringOf(args, defaults, check),
    parameters: parametersOf(args, facts, logs, check),
    options: optionsOf(args, facts, topology, check),
    iamAuthentication,
    licenseModel: licenseOf(args, check),
    lifecycleSupport: lifecycleOf(args, check),
    caCertificate: args.caCertificate ?? defaults.caCertificate,
    readers: args.aurora?.readers ?? defaults.readers,
  };
}

function topologyOf(
  { engine, availability, aurora, instanceClass }: RelationalDatabaseArgs,
  defaults: DatabaseDefaults,
  check: ArgumentCheck,
): DatabasePlan["topology"] {
  if (!isAurora(engine)) {
    check.require(aurora === undefined, "aurora", aurora, `unset, with ${engine}`);
    const chosen = availability ?? defaults.availability;
    const possible: Availability[] = engine === "sqlserver-ex" ? ["single"] : ["single", "standby"];
    if (engineFacts(engine).readableStandbys) possible.push("readableStandbys");
    check.oneOf("availability", chosen, possible);
    return chosen;
  }
  check.require(
    availability === undefined,
    "availability",
    availability,
    "unset, with Aurora: aurora.readers take over",
  );
  const { readers, autoscaling, serverless } = aurora ?? {};
  check.integer("aurora.readers", readers, 0, 15);
  if (autoscaling) {
    const { minimum, maximum, cpuPercent, connections } = autoscaling;
    check.integer("aurora.autoscaling.minimum", minimum, readers ?? defaults.readers, 15);
    check.integer("aurora.autoscaling.maximum", maximum, minimum, 15);
    check.integer("aurora.autoscaling.cpuPercent", cpuPercent, 1, 99);
    check.integer("aurora.autoscaling.connections", connections, 1, 100_000);
    const both = cpuPercent !== undefined && connections !== undefined;
    check.require(!both, "aurora.autoscaling", autoscaling, "cpuPercent or connections, not both");
  }
  check.require(
    (instanceClass === SERVERLESS) === (serverless !== undefined),
    "aurora.serverless",
    serverless,
    `minimum and maximum with instanceClass ${SERVERLESS}, unset with any other`,
  );
  if (serverless) {
    const halves = (value: number, least: number): boolean =>
      value >= least && value <= 256 && Number.isInteger(value * 2);
    check.require(halves(serverless.minimum, 0), "aurora.serverless.minimum", serverless.minimum, "0 to 256 in halves");
    const least = Math.max(1, serverless.minimum);
    check.require(
      halves(serverless.maximum, least),
      "aurora.serverless.maximum",
      serverless.maximum,
      `${least} to 256 in halves`,
    );
  }
  return "aurora";
}

function portOf({ engine, port }: RelationalDatabaseArgs, facts: EngineFacts, check: ArgumentCheck): number {
  check.integer("port", port, 1150, 65_535);
  if (facts.kind === "sqlserver" && port !== undefined)
    check.require(
      !SQLSERVER_FORBIDDEN.includes(port),
      "port",
      port,
      `a port other than ${SQLSERVER_FORBIDDEN.join(", ")}`,
    );
  if (facts.kind === "oracle")
    check.require(port !== ORACLE_TLS_PORT, "port", port, `another port than ${engine}'s own for TLS`);
  return port ?? facts.port;
}

function namesOf(
  args: RelationalDatabaseArgs,
  defaults: DatabaseDefaults,
  facts: EngineFacts,
  check: ArgumentCheck,
): Pick<DatabasePlan, "adminName" | "databaseName"> {
  const { adminName, databaseName, origin, engine } = args;
  if (origin) {
    const why = "unset: the origin brings its own";
    check.require(adminName === undefined, "adminName", adminName, why);
    check.require(databaseName === undefined, "databaseName", databaseName, why);
    return { adminName: undefined, databaseName: undefined };
  }
  check.matches("adminName", adminName, facts.adminName, `a letter, then letters, digits and _, as ${engine} takes it`);
  const taken = adminName !== undefined && facts.reservedNames.includes(adminName.toLowerCase());
  check.require(!taken, "adminName", adminName, `a name other than ${facts.reservedNames.join(", ")}`);
  if (facts.databaseName) check.matches("databaseName", databaseName, facts.databaseName, `a name ${engine} takes`);
  else check.require(databaseName === undefined, "databaseName", databaseName, `unset: ${engine} makes none`);
  return { adminName: adminName ?? defaults.adminName, databaseName };
}

function checkCredentials(
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

function checkReplicas(
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

function checkExtras(args: RelationalDatabaseArgs, topology: string, facts: EngineFacts, check: ArgumentCheck): void {
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
  if (origin) check.oneOf("origin.from", origin.from, ["snapshot", "pointInTime"]);
  if (origin?.from === "pointInTime")
    check.matches(
      "origin.at",
      origin.at,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
      "a time in UTC, e.g. 2026-11-23T04:00:00Z",
    );
}

function monitoringOf(
  { engine, instanceClass, monitoring = {} }: RelationalDatabaseArgs,
  defaults: DatabaseDefaults,
  check: ArgumentCheck,
): Pick<DatabasePlan, "monitoringSeconds" | "insightsDays" | "insightsMode"> {
  const { intervalSeconds, insightsDays, advancedInsights = false } = monitoring;
  check.oneOf<number>("monitoring.intervalSeconds", intervalSeconds, MONITORING_SECONDS);
  const known = knowsInsights(engine, instanceClass);
  const days = insightsDays ?? (advancedInsights ? ADVANCED_INSIGHTS_DAYS : known ? defaults.insightsDays : 0);
  check.require(known || days === 0, "monitoring.insightsDays", days, `0, with ${instanceClass} of ${engine}`);
  const months = days >= 31 && days <= 713 && days % 31 === 0;
  const allowed = "0, 7, 31 times 1 to 23, or 731";
  check.require([0, 7, 731].includes(days) || months, "monitoring.insightsDays", days, allowed);
  check.require(
    !advancedInsights || days >= ADVANCED_INSIGHTS_DAYS,
    "monitoring.insightsDays",
    days,
    `${ADVANCED_INSIGHTS_DAYS} or more, with advancedInsights`,
  );
  return {
    monitoringSeconds: intervalSeconds ?? defaults.monitoringSeconds,
    insightsDays: days,
    insightsMode: advancedInsights ? "advanced" : "standard",
  };
}

/** The parameter without which connections in the clear would be taken, by engine. Oracle's TLS is an option. */
function tlsParameter({ kind }: EngineFacts): DatabaseParameter | undefined {
  switch (kind) {
    case "postgres":
    case "aurora-postgresql":
      return { name: "rds.force_ssl", value: "1", applyMethod: "immediate" };
    case "sqlserver":
      return { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" };
    case "aurora-mysql":
      return { name: "require_secure_transport", value: "ON", applyMethod: "immediate" };
    case "mysql":
    case "mariadb":
      return { name: "require_secure_transport", value: "1", applyMethod: "immediate" };
    default:
      return undefined;
  }
}

/** MySQL's family writes these logs into tables, or not at all, until it is told otherwise. */
function logParameters({ proxyFamily }: EngineFacts, logs: readonly string[]): DatabaseParameter[] {
  if (proxyFamily !== "MYSQL") return [];
  const wanted = { general: "general_log", slowquery: "slow_query_log" };
  const switches = Object.entries(wanted).flatMap(([log, name]) => (logs.includes(log) ? [name] : []));
  if (switches.length === 0) return [];
  return [
    { name: "log_output", value: "FILE", applyMethod: "immediate" },
    ...switches.map((name): DatabaseParameter => ({ name, value: "1", applyMethod: "immediate" })),
  ];
}

function parametersOf(
  { parameters = {} }: RelationalDatabaseArgs,
  facts: EngineFacts,
  logs: readonly string[],
  check: ArgumentCheck,
): DatabaseParameter[] {
  const tls = tlsParameter(facts);
  const own = Object.entries(parameters).map(([name, given]): DatabaseParameter => {
    check.matches("parameters", name, /^[a-z0-9_.]+( [a-z0-9_. ]+)?$/i, "names of parameters");
    check.require(name !== tls?.name, "parameters", name, `parameters other than ${name}, which forces TLS`);
    if (typeof given === "string") return { name, value: given, applyMethod: "immediate" };
    return { name, value: given.value, applyMethod: given.afterReboot ? "pending-reboot" : "immediate" };
  });
  const ours = [...(tls ? [tls] : []), ...logParameters(facts, logs)].filter(
    ({ name }) => !Object.hasOwn(parameters, name),
  );
  return [...ours, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function optionsOf(
  { engine, options = [] }: RelationalDatabaseArgs,
  facts: EngineFacts,
  topology: string,
  check: ArgumentCheck,
): DatabasePlan["options"] {
  const names = options.map(({ name }) => name);
  const possible = facts.options && topology !== "readableStandbys";
  check.require(possible || names.length === 0, "options", names, `none: ${engine} takes no option group here`);
  check.require(new Set(names).size === names.length, "options", names, "each option once");
  if (facts.kind !== "oracle") return options;
  check.require(!names.includes("SSL"), "options", "SSL", "options other than SSL, which is set");
  const settings = {
    "SQLNET.SSL_VERSION": "1.2",
    "SQLNET.CIPHER_SUITE": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  };
  return [{ name: "SSL", settings, port: ORACLE_TLS_PORT }, ...options];
}

function licenseOf({ engine, license }: RelationalDatabaseArgs, check: ArgumentCheck): string | undefined {
  const models = { included: "license-included", own: "bring-your-own-license" };
  if (engine.startsWith("oracle-se2")) return models[license ?? "included"];
  const [only, model] = engine.startsWith("oracle-ee")
    ? (["own", models.own] as const)
    : engine.startsWith("sqlserver-")
      ? (["included", models.included] as const)
      : ([undefined, undefined] as const);
  check.require(license === undefined || license === only, "license", license, only ?? `unset, with ${engine}`);
  return model;
}

function lifecycleOf(
  { engine, extendedSupport = false }: RelationalDatabaseArgs,
  check: ArgumentCheck,
): string | undefined {
  const sold = hasExtendedSupport(engine);
  check.require(sold || !extendedSupport, "extendedSupport", true, `false: AWS sells none for ${engine}`);
  if (!sold) return undefined;
  return extendedSupport ? "open-source-rds-extended-support" : "open-source-rds-extended-support-disabled";
}
