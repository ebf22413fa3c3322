import { z } from "zod";
import type { CompiledContract } from "../../../contracts/compiled";
import { merged, parseSettings, type Resolved, type Settings } from "../../core/settings";
import type { ArgumentProblem } from "../../core/validate";
import { retentionProblems, type Retention } from "../secure-bucket/lifecycle";
import { secureBucketSettings } from "../secure-bucket/settings";

/** The zones every lake has. */
export const ZONES = ["raw", "processed", "curated", "quarantine", "query-results", "artifacts"] as const;
export type Zone = (typeof ZONES)[number];

export const zoneSettings = secureBucketSettings
  .pick({
    retention: true,
    eventBridge: true,
    directEvents: true,
    cors: true,
    intelligentTiering: true,
    objectLock: true,
  })
  .extend({
    inventory: z
      .boolean()
      .default(false)
      .describe(
        "A weekly inventory, in the artifacts zone under `inventory/`. The key must have `s3` among its users.",
      ),
  });

export const queryResultDays = z.int().min(1).max(365).default(30).describe("Days to keep query results.");

/**
 * The settings of the zones, where the arguments say nothing else. What the engines delete and replace is derived from raw files, so
 * its old versions go after a week; those of raw files and of quarantine have no other copy.
 */
const ZONE_SETTINGS: Readonly<Record<Zone, Settings<typeof zoneSettings>>> = {
  raw: {
    retention: {
      infrequentAccessAfterDays: 30,
      archiveAfterDays: 90,
      keepVersionsBecause: "files that are replaced or deleted by mistake have no other copy",
    },
    eventBridge: true,
  },
  processed: {
    retention: {
      infrequentAccessAfterDays: 90,
      noncurrentExpireAfterDays: 7,
      // Spark's staging: a run that dies leaves it behind.
      expirePrefixAfterDays: { "runs/": 3 },
      noncurrentPrefixExpireAfterDays: { "runs/": 1 },
    },
  },
  curated: { retention: { infrequentAccessAfterDays: 90, noncurrentExpireAfterDays: 7 } },
  quarantine: {
    retention: { infrequentAccessAfterDays: 90, noncurrentPrefixExpireAfterDays: { "rejected-rows/": 7 } },
  },
  "query-results": { retention: { expireAfterDays: queryResultDays.parse(undefined), noncurrentExpireAfterDays: 1 } },
  artifacts: {
    retention: {
      noncurrentExpireAfterDays: 7,
      expirePrefixAfterDays: { "runs/": 400, "markers/": 30, "spark-logs/": 30, "inventory/": 90 },
    },
  },
};

/** Finds the settings of a zone, and what is wrong about them. The expiries of its datasets are added to its prefixes. */
export function zonePlan(
  zone: string,
  given: Settings<typeof zoneSettings>,
  datasets: Readonly<Record<string, number>> = {},
): { readonly settings: Resolved<typeof zoneSettings>; readonly problems: readonly ArgumentProblem[] } {
  const own = (ZONE_SETTINGS as Readonly<Record<string, Settings<typeof zoneSettings>>>)[zone] ?? {};
  const known = Object.fromEntries(Object.entries(given).filter(([key]) => key in zoneSettings.shape));
  const chosen: Settings<typeof zoneSettings> = merged(own, known);
  const retention = fittingMoves(chosen.retention ?? {}, given.retention ?? {});
  const expirePrefixAfterDays = { ...datasets, ...retention.expirePrefixAfterDays };
  const { settings, problems } = parseSettings(zoneSettings, {
    ...chosen,
    retention: { ...retention, expirePrefixAfterDays },
  });
  return {
    settings: settings ?? (zoneSettings.parse({}) as Resolved<typeof zoneSettings>),
    problems: settings
      ? [
          ...problems,
          ...retentionProblems(settings.retention).map((one) => ({ ...one, argument: `retention.${one.argument}` })),
        ]
      : problems,
  };
}

/** Fits a zone's own moves to the days that are given: objects that expire before do not move, the archive comes 30 days later. */
function fittingMoves(chosen: Retention, given: Retention): Retention {
  const { infrequentAccessAfterDays, archiveAfterDays, expireAfterDays } = chosen;
  const archive =
    given.archiveAfterDays === undefined &&
    typeof archiveAfterDays === "number" &&
    typeof infrequentAccessAfterDays === "number"
      ? Math.max(archiveAfterDays, infrequentAccessAfterDays + 30)
      : archiveAfterDays;
  const kept = (own: Retention["archiveAfterDays"], asked: Retention["archiveAfterDays"]) =>
    asked === undefined && typeof own === "number" && typeof expireAfterDays === "number" && own >= expireAfterDays
      ? undefined
      : own;
  return {
    ...chosen,
    infrequentAccessAfterDays: kept(infrequentAccessAfterDays, given.infrequentAccessAfterDays),
    archiveAfterDays: kept(archive, given.archiveAfterDays),
  };
}

/**
 * Collects the expiries that the datasets' contracts name: zone → key prefix → days. All aggregates of a dataset share the prefix
 * `<dataset>_` and so one rule, unless another dataset's tables begin like it: a bucket may have 1,000 rules
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html).
 */
export function datasetExpiry(contracts: readonly CompiledContract[]): Record<string, Record<string, number>> {
  const expiry: Record<string, Record<string, number>> = {};
  const shared = sharedFamilies(contracts);
  for (const { dataset, prefix, retention, tables } of contracts) {
    if (retention?.raw !== undefined) (expiry.raw ??= {})[prefix] = retention.raw;
    for (const table of tables) {
      const days = retention?.[table.zone];
      if (days === undefined) continue;
      const family = `${dataset}_`;
      const joined = table.zone === "curated" && table.prefix.startsWith(family) && !shared.has(family);
      (expiry[table.zone] ??= {})[joined ? family : table.prefix] = days;
    }
  }
  return expiry;
}

/** Returns the beginnings `<dataset>_` that tables of other datasets have, too. */
function sharedFamilies(contracts: readonly CompiledContract[]): ReadonlySet<string> {
  const families = new Set(contracts.map(({ dataset }) => `${dataset}_`));
  const shared = new Set<string>();
  for (const { dataset, tables } of contracts) {
    for (const { prefix } of tables) {
      for (let end = prefix.indexOf("_"); end !== -1; end = prefix.indexOf("_", end + 1)) {
        const family = prefix.slice(0, end + 1);
        if (families.has(family) && family !== `${dataset}_`) shared.add(family);
      }
    }
  }
  return shared;
}
