import type { ArgumentCheck } from "../../core/validate";
import { isAurora, type DatabaseEngine } from "./engine-facts";

const BURSTABLE = ["t3", "t4g"];
const INTEL = ["m5", "m5d", "m6i", "m6id", "m6idn", "m6in", "m7i", "r5", "r5b", "r5d", "r6i", "r6id", "r6idn", "r6in"];
const MORE_INTEL = ["r7i", "r8i", "m8i", "x2idn", "x2iedn"];
const GRAVITON = [
  "m6g",
  "m6gd",
  "m7g",
  "m7gd",
  "m8g",
  "m8gd",
  "r6g",
  "r6gd",
  "r7g",
  "r7gd",
  "r8g",
  "r8gd",
  "x2g",
  "c6gd",
];
/** With disks of their own, which two readable standbys need. */
const WITH_DISKS = ["c6gd", "m5d", "m6gd", "m6id", "m6idn", "m8gd", "r5d", "r6gd", "r6id", "r6idn", "r8gd", "x2iedn"];
const AURORA = [...BURSTABLE, "r5", "r6g", "r6gd", "r6i", "r6id", "r7g", "r7i", "r8g", "r8gd", "x2g"];

/** The families of classes an engine runs on: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html. */
export function classFamilies(engine: DatabaseEngine, topology: string): readonly string[] {
  if (isAurora(engine)) return AURORA;
  if (topology === "readableStandbys") return WITH_DISKS;
  // Oracle and SQL Server are not made for Graviton.
  if (/^(oracle|sqlserver)-/.test(engine)) return ["t3", ...INTEL, ...MORE_INTEL, "x2iezn", "z1d"];
  return [...BURSTABLE, ...INTEL, ...MORE_INTEL, ...GRAVITON];
}

const PATTERN = /^db\.([a-z0-9]+)\.(micro|small|medium|large|(\d*)xlarge)$/;
export const SERVERLESS = "db.serverless";

export function checkClass(
  argument: string,
  engine: DatabaseEngine,
  topology: string,
  instanceClass: string,
  check: ArgumentCheck,
): void {
  const aurora = isAurora(engine);
  if (instanceClass === SERVERLESS && aurora) return;
  const family = PATTERN.exec(instanceClass)?.[1];
  const families = classFamilies(engine, topology);
  check.require(
    family !== undefined && families.includes(family),
    argument,
    instanceClass,
    `db.<family>.<size>, e.g. db.${families.find((one) => /^[mr]/.test(one)) ?? ""}.large, with a family of ${families.join(", ")}` +
      (aurora ? `, or ${SERVERLESS}` : ""),
  );
}

/** GiB of a class of size `large`, by the family's first letters. */
const LARGE: readonly (readonly [prefix: RegExp, gib: number])[] = [
  [/^x2iedn/, 64],
  [/^x/, 32],
  [/^(r|z)/, 16],
  [/^c/, 4],
  [/^(m|t)/, 8],
];
const SMALLER: Readonly<Record<string, number>> = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1 };

/** Memory of a class in GiB; undefined for serverless ones. */
export function memoryGiB(instanceClass: string): number | undefined {
  const [, family = "", size = "", times = ""] = PATTERN.exec(instanceClass) ?? [];
  const large = LARGE.find(([prefix]) => prefix.test(family))?.[1];
  if (large === undefined) return undefined;
  return large * (SMALLER[size] ?? 2 * Number(times || 1));
}

/**
 * Performance Insights is not for the smallest classes of MySQL and MariaDB, and few burstable ones of Aurora MySQL:
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Engines.html.
 */
export const knowsInsights = (engine: DatabaseEngine, instanceClass: string): boolean =>
  !(engine === "aurora-mysql" && /^db\.t3\./.test(instanceClass)) &&
  !(/^(mysql|mariadb)$/.test(engine) && /^db\.t\d\w*\.(micro|small)$/.test(instanceClass)) &&
  instanceClass !== "";

/**
 * How many connections a class takes by default:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections and, for Aurora MySQL,
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html.
 */
export function usualConnections(engine: DatabaseEngine, instanceClass: string): number | undefined {
  const memory = memoryGiB(instanceClass);
  if (memory === undefined) return undefined;
  const bytes = memory * 1024 ** 3;
  if (engine.endsWith("postgres") || engine === "aurora-postgresql")
    return Math.min(Math.floor(bytes / 9_531_392), 5000);
  if (engine === "aurora-mysql") {
    const small = Math.log2(bytes / 805_306_368) * 45;
    return Math.floor(Math.max(small, Math.log2(bytes / 8_187_281_408) * 1000));
  }
  if (engine.startsWith("oracle-")) return Math.min(Math.floor(bytes / 9_868_951), 20_000);
  return engine.startsWith("sqlserver-") ? 32_767 : Math.floor(bytes / 12_582_880);
}
