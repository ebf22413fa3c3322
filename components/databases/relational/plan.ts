import type { ArgumentCheck } from "../../core/validate";
import {
  CA_CERTIFICATES,
  type Availability,
  type DatabaseDefaults,
  type DatabaseOption,
  type RelationalDatabaseArgs,
} from "./arguments";
import { checkCredentials, checkExtras, checkReplicas } from "./limits";
import {
  licenseOf,
  lifecycleOf,
  monitoringOf,
  optionsOf,
  ORACLE_TLS_PORT,
  parametersOf,
  type DatabaseParameter,
} from "./settings";
import { storageOf } from "./storage";
import { checkWindows } from "./windows";
import {
  DATABASE_ENGINES,
  engineFacts,
  engineVersion,
  isAurora,
  type DatabaseEngine,
  type EngineFacts,
} from "./engine-facts";
import { checkClass, SERVERLESS } from "./instance-classes";

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

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const SQLSERVER_FORBIDDEN = [1234, 1434, 3260, 3343, 3389, 47_001, 49_152, 49_153, 49_154, 49_155, 49_156];

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
  const standbys = topology === "readableStandbys";
  check.require(
    !standbys || versions.majorVersion !== "5.7",
    "engineVersion",
    versions.version,
    "8.0 and later, with readable standbys",
  );
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
  const { readers, autoscaling, serverless, endpoints = {} } = aurora ?? {};
  check.integer("aurora.readers", readers, 0, 15);
  for (const [role, { kind, members }] of Object.entries(endpoints)) {
    const argument = `aurora.endpoints.${role}`;
    check.matches(
      "aurora.endpoints",
      role,
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      "lower-case letters, digits and single hyphens",
    );
    check.oneOf(`${argument}.kind`, kind, ["any", "reader"]);
    check.require(members.length > 0, `${argument}.members`, members, "one member at least");
    for (const member of members) check.integer(`${argument}.members`, member, 0, readers ?? defaults.readers);
  }
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
