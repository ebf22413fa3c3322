import type { ArgumentCheck } from "../../core/validate";
import { engineFacts, isAurora, type DatabaseEngine } from "./engine-facts";

export const STORAGE_TYPES = ["gp3", "io1", "io2", "gp2", "standard"] as const;
export type StorageType = (typeof STORAGE_TYPES)[number];

/** The disks of an instance or of a cluster with readable standbys. Aurora has storage of its own kind that grows by itself. */
export interface DatabaseStorage {
  /** Default `gp3`. `gp2` and `standard` (magnetic) are the past. */
  readonly type?: StorageType;
  /** Default 100. */
  readonly allocatedGiB?: number;
  /** Up to where storage grows by itself when it runs out; a tenth above `allocatedGiB` at least. Default: it does not. */
  readonly maxAllocatedGiB?: number;
  /** Needed with io1 and io2; with gp3 only above the size from which it can be chosen. */
  readonly iops?: number;
  /** MiB/s, gp3 only. */
  readonly throughputMiBps?: number;
}

export const STORAGE_DEFAULTS = { type: "gp3" as StorageType, allocatedGiB: 100 };

interface Range {
  readonly least: number;
  readonly most: number;
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
interface StorageRules {
  readonly size: Range;
  readonly iops?: Range;
  /** IOPS for each GiB. */
  readonly ratio?: Range;
  readonly throughput?: Range;
  /** From how many GiB on IOPS and throughput can be chosen. */
  readonly chosenFrom?: number;
}

const MOST_GIB = 65_536;
const MOST_GIB_SQLSERVER = 16_384;

function rulesOf(engine: DatabaseEngine, type: StorageType): StorageRules {
  const sqlserver = engineFacts(engine).kind === "sqlserver";
  const most = sqlserver ? MOST_GIB_SQLSERVER : MOST_GIB;
  const size = { least: 20, most };
  switch (type) {
    case "standard":
      return { size: sqlserver ? { least: 20, most: 1024 } : { least: 5, most: 3072 } };
    case "gp2":
      return { size };
    case "gp3":
      if (sqlserver) return { size, iops: { least: 3000, most: 16_000 }, throughput: { least: 125, most: 1000 } };
      return {
        size,
        iops: { least: 12_000, most: 64_000 },
        throughput: { least: 500, most: 4000 },
        chosenFrom: engineFacts(engine).kind === "oracle" ? 200 : 400,
      };
    case "io1":
      return {
        size: sqlserver ? size : { least: 100, most },
        iops: { least: 1000, most: sqlserver ? 64_000 : 256_000 },
        ratio: { least: sqlserver ? 1 : 0.5, most: 50 },
      };
    case "io2":
      return {
        size: sqlserver ? size : { least: 100, most },
        iops: { least: 1000, most: sqlserver ? 64_000 : 256_000 },
        ratio: { least: 0.5, most: 1000 },
      };
  }
}

/** Storage with its defaults, everything RDS would refuse refused before. */
export function storageOf(
  engine: DatabaseEngine,
  topology: string,
  storage: DatabaseStorage = {},
  check: ArgumentCheck,
): DatabaseStorage & { readonly type: StorageType; readonly allocatedGiB: number } {
  const type = storage.type ?? STORAGE_DEFAULTS.type;
  const allocatedGiB = storage.allocatedGiB ?? STORAGE_DEFAULTS.allocatedGiB;
  const { maxAllocatedGiB, iops, throughputMiBps } = storage;
  if (isAurora(engine)) {
    check.require(Object.keys(storage).length === 0, "storage", storage, "unset: Aurora's storage grows by itself");
    return { type, allocatedGiB };
  }
  const cluster = topology === "readableStandbys";
  check.oneOf("storage.type", type, cluster ? ["gp3", "io1", "io2"] : STORAGE_TYPES);
  const rules = rulesOf(engine, type);
  check.integer("storage.allocatedGiB", allocatedGiB, rules.size.least, rules.size.most);

  if (cluster || type === "standard") {
    const why = cluster ? "with readable standbys" : "on magnetic disks";
    check.require(
      maxAllocatedGiB === undefined,
      "storage.maxAllocatedGiB",
      maxAllocatedGiB,
      `unset: no storage grows ${why}`,
    );
  }
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
  check.integer("storage.maxAllocatedGiB", maxAllocatedGiB, Math.ceil((allocatedGiB * 11) / 10), rules.size.most);
  const chosen = !cluster || throughputMiBps === undefined;
  check.require(chosen, "storage.throughputMiBps", throughputMiBps, "unset, with readable standbys");

  const { chosenFrom } = rules;
  for (const [argument, value, range] of [
    ["storage.iops", iops, rules.iops],
    ["storage.throughputMiBps", throughputMiBps, rules.throughput],
  ] as const) {
    if (value === undefined) continue;
    check.require(range !== undefined, argument, value, `unset, with ${type}`);
    check.require(
      chosenFrom === undefined || allocatedGiB >= chosenFrom,
      argument,
      value,
      `unset below ${chosenFrom ?? 0} GiB of ${type}, where it is 3000 IOPS and 125 MiB/s`,
    );
    if (range) check.integer(argument, value, range.least, range.most);
  }
  if (type === "io1" || type === "io2") {
    const { least = 0, most = 0 } = rules.iops ?? {};
    check.require(
      iops !== undefined,
      "storage.iops",
      iops,
      `a whole number from ${least} to ${most}: ${type} needs it`,
    );
  }
  if (iops !== undefined && rules.ratio) {
    const [least, most] = [Math.ceil(rules.ratio.least * allocatedGiB), rules.ratio.most * allocatedGiB];
    check.require(
      iops >= least && iops <= most,
      "storage.iops",
      iops,
      `${rules.ratio.least} to ${rules.ratio.most} for each of ${allocatedGiB} GiB of ${type}, so ${least} to ${most}`,
    );
  }
  // RDS takes throughput together with IOPS only.
  const given = throughputMiBps === undefined ? iops : (iops ?? rules.iops?.least);
  if (throughputMiBps !== undefined && given !== undefined) {
    // One MiB/s takes four IOPS.
    check.require(
      throughputMiBps * 4 <= given,
      "storage.throughputMiBps",
      throughputMiBps,
      `a quarter of the IOPS (${given}) at most`,
    );
  }
  return { ...storage, type, allocatedGiB, iops: given };
}
