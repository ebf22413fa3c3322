import { z } from "zod";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import { engineFacts, isAurora, type DatabaseEngine } from "./engine-facts";

const STORAGE_TYPES = ["gp3", "io1", "io2", "gp2", "standard"] as const;
type StorageType = (typeof STORAGE_TYPES)[number];
const MAX_GIB = 65_536;
const MAX_GIB_SQLSERVER = 16_384;

export const storageSettings = z
  .strictObject({
    type: z
      .enum(STORAGE_TYPES)
      .default("gp3")
      .describe("Type of the disks. `gp2` and `standard` (magnetic) are older ones."),
    allocatedGiB: z.int().min(5).max(MAX_GIB).default(100).describe("RDS engines: storage to begin with, GiB."),
    maxAllocatedGiB: z
      .int()
      .min(6)
      .max(MAX_GIB)
      .optional()
      .describe("RDS engines: storage may grow up to this, GiB, a tenth more at least. It does not grow when unset."),
    iops: z
      .int()
      .optional()
      .describe("Needed with io1 and io2; with gp3 only above the size from which it can be chosen."),
    throughputMiBps: z.int().optional().describe("MiB a second, gp3 only."),
  })
  .prefault({})
  .describe(
    "The disks of an instance or of a cluster with readable standbys. Aurora's storage is of its own kind and grows by itself.",
  );

export type DatabaseStorage = Settings<typeof storageSettings>;

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Limits of a type of storage: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html. */
interface StorageRules {
  readonly size: Range;
  readonly iops?: Range;
  /** Bounds of the IOPS for each GiB. */
  readonly ratio?: Range;
  readonly throughput?: Range;
  /** The size, GiB, from which on IOPS and throughput can be chosen. */
  readonly chosenFrom?: number;
}

function rulesOf(engine: DatabaseEngine, type: StorageType): StorageRules {
  const sqlserver = engineFacts(engine).kind === "sqlserver";
  const most = sqlserver ? MAX_GIB_SQLSERVER : MAX_GIB;
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

/** Returns the storage with the IOPS that RDS needs. Storage that RDS would refuse becomes problems. */
export function storageOf(
  engine: DatabaseEngine,
  topology: string,
  storage: Resolved<typeof storageSettings>,
  check: ArgumentCheck,
): Resolved<typeof storageSettings> {
  const { type, allocatedGiB, maxAllocatedGiB, iops, throughputMiBps } = storage;
  if (isAurora(engine)) return storage;
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
  // RDS accepts throughput together with IOPS only.
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
  return { ...storage, iops: given };
}
