import type * as aws from "@pulumi/aws";

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
  /** Days until the parts of an upload nobody finished are removed. */
  readonly abortUploadAfterDays?: number;
  /** Further expiries by key prefix: prefix → days. */
  readonly expirePrefixAfterDays?: Readonly<Record<string, number>>;
}

export const RETENTION_DEFAULTS = { noncurrentExpireAfterDays: 90, abortUploadAfterDays: 7 };

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** What is wrong with a retention, as sentences; empty when S3 takes it. */
export function retentionProblems(retention: Retention): string[] {
  const problems: string[] = [];
  const { infrequentAccessAfterDays: ia, archiveAfterDays: archive, expireAfterDays: expire } = retention;
  for (const [name, days] of Object.entries(retention)) {
    if (typeof days === "number" && (!Number.isInteger(days) || days < 1)) {
      problems.push(`${name} is ${days}; allowed: whole days from 1`);
    }
  }
  if (ia !== undefined && ia < 30) problems.push(`infrequentAccessAfterDays is ${ia}; allowed: 30 days or more`);
  if (ia !== undefined && archive !== undefined && archive < ia + 30) {
    problems.push(`archiveAfterDays is ${archive}; allowed: at least 30 days after infrequentAccessAfterDays (${ia})`);
  }
  if (expire !== undefined && expire <= Math.max(ia ?? 0, archive ?? 0)) {
    problems.push(
      `expireAfterDays is ${expire}; allowed: later than the last move (${Math.max(ia ?? 0, archive ?? 0)})`,
    );
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
    },
    ...(transitions.length > 0 ? { transitions } : {}),
    ...(retention.expireAfterDays === undefined ? {} : { expiration: { days: retention.expireAfterDays } }),
  };
  const prefixes = Object.entries(retention.expirePrefixAfterDays ?? {}).map(([prefix, days]): Rule => ({
    id: `prefix-${prefix.replace(/\W+/g, "-").replace(/^-|-$/g, "")}`,
    status: "Enabled",
    filter: { prefix },
    expiration: { days },
  }));
  return [everything, ...prefixes];
}
