import type { ArgumentCheck } from "../../core/validate";
import {
  insightsDaysOf,
  licenseOf,
  lifecycleOf,
  optionsOf,
  ORACLE_TLS_PORT,
  parametersOf,
  type DatabaseOption,
  type DatabaseParameter,
} from "./decisions";
import { engineFacts, engineVersion, isAurora, type EngineFacts } from "./engine-facts";
import { checkClass, SERVERLESS } from "./instance-classes";
import { checkCredentials, checkExtras, checkReplicas } from "./limits";
import { auroraSettings, type AuroraOptions, type DatabaseSettings, type GivenArguments } from "./settings";
import { storageOf } from "./storage";
import { checkWindows } from "./windows";

/** A database with every decision made. */
export interface DatabasePlan extends Omit<
  DatabaseSettings,
  "aurora" | "logs" | "options" | "parameters" | "adminName"
> {
  readonly aurora: AuroraOptions;
  readonly facts: EngineFacts;
  readonly version: string;
  readonly majorVersion: string;
  /** The family of the parameter group. */
  readonly family: string;
  readonly topology: "aurora" | DatabaseSettings["availability"];
  /** A cluster of Aurora, or of an instance with two readable standbys. */
  readonly isCluster: boolean;
  /** The port that the engine listens on. */
  readonly port: number;
  /** The port with TLS, which clients may use: another one with Oracle. */
  readonly clientPort: number;
  /** Unset where the origin brings its own. */
  readonly adminName: string | undefined;
  readonly logs: readonly string[];
  readonly insightsDays: number;
  readonly parameters: readonly DatabaseParameter[];
  readonly options: readonly DatabaseOption[];
  readonly iamAuthentication: boolean;
  readonly licenseModel: string | undefined;
  readonly lifecycleSupport: string | undefined;
}

/** Ports that SQL Server keeps for itself: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html. */
const SQLSERVER_FORBIDDEN = [1234, 1434, 3260, 3343, 3389, 47_001, 49_152, 49_153, 49_154, 49_155, 49_156];

/** Makes every decision of a database. What RDS would refuse becomes problems. `given` tells settings from their defaults. */
export function planDatabase(settings: DatabaseSettings, given: GivenArguments, check: ArgumentCheck): DatabasePlan {
  const { engine, instanceClass } = settings;
  const facts = engineFacts(engine);
  const versions = engineVersion(engine, settings.engineVersion, check);
  const aurora = settings.aurora ?? auroraSettings.parse({});
  const topology = topologyOf(settings, aurora, given, check);
  const isCluster = topology === "aurora" || topology === "readableStandbys";
  checkClass("instanceClass", engine, topology, instanceClass, check);
  check.require(
    topology !== "readableStandbys" || versions.majorVersion !== "5.7",
    "engineVersion",
    versions.version,
    "8.0 and later, with readable standbys",
  );
  checkWindows(settings.backup.window, settings.maintenance.window, check);
  const logs = [...(settings.logs ?? facts.usualLogs)].sort();
  for (const log of logs) check.oneOf("logs", log, facts.logs);
  check.require(new Set(logs).size === logs.length, "logs", logs, "each log once");
  const { iamAuthentication = facts.iamAuthentication } = settings;
  check.require(facts.iamAuthentication || !iamAuthentication, "iamAuthentication", true, `false: ${engine} has none`);
  checkCredentials(settings, check);
  checkReplicas(settings, topology, check);
  checkExtras(settings, topology, facts, check);
  checkNames(settings, given, facts, check);
  const port = portOf(settings, facts, check);
  return {
    ...settings,
    ...versions,
    facts,
    aurora,
    topology,
    isCluster,
    storage: storageOf(engine, topology, settings.storage, check),
    port,
    clientPort: facts.kind === "oracle" ? ORACLE_TLS_PORT : port,
    adminName: settings.origin ? undefined : settings.adminName,
    logs,
    insightsDays: insightsDaysOf(settings, check),
    parameters: parametersOf(settings, facts, logs, check),
    options: optionsOf(settings, facts, topology, check),
    iamAuthentication,
    licenseModel: licenseOf(settings, check),
    lifecycleSupport: lifecycleOf(settings, check),
  };
}

function topologyOf(
  { engine, availability, instanceClass }: DatabaseSettings,
  aurora: AuroraOptions,
  given: GivenArguments,
  check: ArgumentCheck,
): DatabasePlan["topology"] {
  const unset = (argument: keyof GivenArguments, allowed: string): void =>
    check.require(given[argument] === undefined, argument, given[argument], `unset, with ${allowed}`);
  if (!isAurora(engine)) {
    unset("aurora", engine);
    const possible: DatabaseSettings["availability"][] = engine === "sqlserver-ex" ? ["single"] : ["single", "standby"];
    if (engineFacts(engine).readableStandbys) possible.push("readableStandbys");
    check.oneOf("availability", availability, possible);
    return availability;
  }
  unset("availability", "Aurora: aurora.readers take over");
  unset("storage", "Aurora: its storage grows by itself");
  const { readers, autoscaling, serverless, endpoints } = aurora;
  for (const [role, { members }] of Object.entries(endpoints)) {
    for (const member of members) check.integer(`aurora.endpoints.${role}.members`, member, 0, readers);
  }
  if (autoscaling) {
    const { minimum, maximum, cpuPercent, connections } = autoscaling;
    check.integer("aurora.autoscaling.minimum", minimum, readers, 15);
    check.integer("aurora.autoscaling.maximum", maximum, minimum, 15);
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

function portOf({ engine, port }: DatabaseSettings, facts: EngineFacts, check: ArgumentCheck): number {
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

function checkNames(
  { adminName, databaseName, origin, engine }: DatabaseSettings,
  given: GivenArguments,
  facts: EngineFacts,
  check: ArgumentCheck,
): void {
  if (origin) {
    for (const argument of ["adminName", "databaseName"] as const)
      check.require(given[argument] === undefined, argument, given[argument], "unset: the origin brings its own");
    return;
  }
  const allowed = `a letter, then letters, digits and _, as ${engine} accepts it`;
  check.matches("adminName", adminName, facts.adminName, allowed);
  const isReserved = facts.reservedNames.includes(adminName.toLowerCase());
  check.require(!isReserved, "adminName", adminName, `a name other than ${facts.reservedNames.join(", ")}`);
  if (facts.databaseName)
    check.matches("databaseName", databaseName, facts.databaseName, `a name that ${engine} accepts`);
  else check.require(databaseName === undefined, "databaseName", databaseName, `unset: ${engine} makes none`);
}
