import type * as aws from "@pulumi/aws";
import type { CompiledContract } from "../../../contracts/compiled";

/** How long a bucket keeps what, in days. Unset: for ever. */
export interface Retention {
  /** Days until objects move to Standard-IA, at least 30 (a limit of S3). */
  readonly infrequentAccessAfterDays?: number;
  /** Days until objects move to Glacier Flexible Retrieval. */
  readonly archiveAfterDays?: number;
  /** Days until objects are removed. */
  readonly expireAfterDays?: number;
  /** Days a replaced or deleted version is kept. */
  readonly noncurrentExpireAfterDays?: number;
  /** Replaced versions kept beyond those days, 1 to 100 an object. */
  readonly noncurrentVersionsKept?: number;
  /** Days until the parts of an upload nobody finished are removed. */
  readonly abortUploadAfterDays?: number;
  /** Further expiries by key prefix: prefix → days. */
  readonly expirePrefixAfterDays?: Readonly<Record<string, number>>;
}

export const RETENTION_DEFAULTS = { noncurrentExpireAfterDays: 90, abortUploadAfterDays: 7 };

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

export interface RetentionProblem {
  readonly argument: string;
  readonly value: unknown;
  readonly allowed: string;
}

/** What S3 would refuse about a retention; empty when it takes it. */
export function retentionProblems(retention: Retention): RetentionProblem[] {
  const problems: RetentionProblem[] = [];
  const refuse = (argument: string, value: unknown, allowed: string): void =>
    void problems.push({ argument, value, allowed });
  const { infrequentAccessAfterDays: ia, archiveAfterDays: archive, expireAfterDays: expire } = retention;
  for (const [name, days] of Object.entries(retention)) {
    if (typeof days === "number" && (!Number.isInteger(days) || days < 1)) refuse(name, days, "whole days from 1");
  }
  for (const [prefix, days] of Object.entries(retention.expirePrefixAfterDays ?? {})) {
    if (prefix === "")
      refuse("expirePrefixAfterDays", prefix, "a key prefix; expireAfterDays is about the whole bucket");
    if (!Number.isInteger(days) || days < 1) refuse(`expirePrefixAfterDays.${prefix}`, days, "whole days from 1");
  }
  if (ia !== undefined && ia >= 1 && ia < 30) refuse("infrequentAccessAfterDays", ia, "30 days or more");
  if (ia !== undefined && archive !== undefined && archive < ia + 30) {
    refuse("archiveAfterDays", archive, `at least 30 days after infrequentAccessAfterDays (${ia})`);
  }
  const rules = 1 + Object.keys(retention.expirePrefixAfterDays ?? {}).length;
  if (rules > 1000) refuse("expirePrefixAfterDays", rules - 1, "at most 999 prefixes, a limit of S3");
  const lastMove = Math.max(ia ?? 0, archive ?? 0);
  if (expire !== undefined && lastMove > 0 && expire <= lastMove) {
    refuse("expireAfterDays", expire, `later than the last move (${lastMove})`);
  }
  if ((retention.noncurrentVersionsKept ?? 1) > 100) {
    refuse("noncurrentVersionsKept", retention.noncurrentVersionsKept, "1 to 100");
  }
  return problems;
}

/** The lifecycle rules of a retention. Always cleans up unfinished uploads and old versions. */
export function lifecycleRules(retention: Retention): Rule[] {
  const transitions = [
    ...(retention.infrequentAccessAfterDays === undefined
      ? []
      : [{ days: retention.infrequentAccessAfterDays, storageClass: "STANDARD_IA" }]),
    ...(retention.archiveAfterDays === undefined
      ? []
      : [{ days: retention.archiveAfterDays, storageClass: "GLACIER" }]),
  ];
  const everything: Rule = {
    id: "everything",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: {
      daysAfterInitiation: retention.abortUploadAfterDays ?? RETENTION_DEFAULTS.abortUploadAfterDays,
    },
    noncurrentVersionExpiration: {
      noncurrentDays: retention.noncurrentExpireAfterDays ?? RETENTION_DEFAULTS.noncurrentExpireAfterDays,
      ...(retention.noncurrentVersionsKept === undefined
        ? {}
        : { newerNoncurrentVersions: retention.noncurrentVersionsKept }),
    },
    ...(transitions.length > 0 ? { transitions } : {}),
    ...(retention.expireAfterDays === undefined ? {} : { expiration: { days: retention.expireAfterDays } }),
  };
  const prefixes = Object.entries(retention.expirePrefixAfterDays ?? {}).map(([prefix, days], index): Rule => ({
    // Numbered: `a/b` and `a-b` would read alike. At most 255 characters.
    id: `prefix-${index + 1}-${prefix.replace(/\W+/g, "-").replace(/^-|-$/g, "")}`.slice(0, 255),
    status: "Enabled",
    filter: { prefix },
    expiration: { days },
  }));
  return [everything, ...prefixes];
}

/** Zone → key prefix → days, as the datasets' contracts say. */
export function datasetExpiry(contracts: readonly CompiledContract[]): Record<string, Record<string, number>> {
  const expiry: Record<string, Record<string, number>> = {};
  for (const { prefix, retention, tables } of contracts) {
    if (retention?.raw !== undefined) (expiry.raw ??= {})[prefix] = retention.raw;
    for (const table of tables) {
      const days = retention?.[table.zone];
      if (days !== undefined) (expiry[table.zone] ??= {})[table.prefix] = days;
    }
  }
  return expiry;
}

/** A zone's retention with its datasets' expiries; what the zone itself says of a prefix stays. */
export function withDatasetExpiry(
  retention: Retention,
  expiry: Readonly<Record<string, number>> | undefined,
): Retention {
  if (!expiry) return retention;
  return { ...retention, expirePrefixAfterDays: { ...expiry, ...retention.expirePrefixAfterDays } };
}
