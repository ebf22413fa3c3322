import type * as aws from "@pulumi/aws";
import { z } from "zod";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentProblem } from "../../core/validate";

/** The rules that a bucket may have (https://docs.aws.amazon.com/general/latest/gr/s3.html). One of them is about everything. */
const MAX_RULES = 1000;

/** `never` turns off what a zone of the lake does by itself. */
const days = (least: number) => z.union([z.int().min(least), z.literal("never")]).optional();

const prefixDays = z
  .record(z.string().min(1, "a key prefix; the other days are about the whole bucket"), z.int().min(1))
  .refine((prefixes) => Object.keys(prefixes).length < MAX_RULES, `at most ${MAX_RULES - 1} prefixes, a limit of S3`)
  .default({});

export const retentionSettings = z.strictObject({
  infrequentAccessAfterDays: days(30).describe("Days until objects move to Standard-IA; S3 wants 30 at least."),
  archiveAfterDays: days(1).describe("Days until objects move to Glacier Flexible Retrieval."),
  expireAfterDays: days(1)
    .describe("Days until objects are removed; they are kept for ever when unset.")
    .meta({ safer: "longer" }),
  noncurrentExpireAfterDays: z
    .int()
    .min(1)
    .default(90)
    .describe("Days that a replaced or deleted version is kept.")
    .meta({ safer: "higher" }),
  noncurrentVersionsKept: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe("Replaced versions of an object that are kept beyond those days."),
  keepVersionsBecause: z
    .string()
    .regex(/^\S+( \S+)+$/, "a few words")
    .max(200)
    .optional()
    .describe(
      "Why versions are kept for more than a week although roles delete or replace objects. The lifecycle rule shows it in its id.",
    ),
  noncurrentPrefixExpireAfterDays: prefixDays.describe(
    "Days that a replaced or deleted version is kept, by key prefix. The shortest time that applies counts.",
  ),
  abortUploadAfterDays: z.int().min(1).default(7).describe("Days until the parts of an unfinished upload are removed."),
  expirePrefixAfterDays: prefixDays.describe("Further expiries by key prefix."),
});

/** How long a bucket keeps its objects, in days. */
export type Retention = Settings<typeof retentionSettings>;
export type ResolvedRetention = Resolved<typeof retentionSettings>;

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

const daysOf = (value: number | "never" | undefined): number | undefined => (value === "never" ? undefined : value);

/** Finds what S3 would refuse about the days of a retention together. */
export function retentionProblems(retention: ResolvedRetention): ArgumentProblem[] {
  const infrequentAccess = daysOf(retention.infrequentAccessAfterDays);
  const archive = daysOf(retention.archiveAfterDays);
  const expire = daysOf(retention.expireAfterDays);
  const problems: ArgumentProblem[] = [];
  const prefixes = prefixesOf(retention);
  if (prefixes.length >= MAX_RULES) {
    const allowed = `at most ${MAX_RULES - 1} together with noncurrentPrefixExpireAfterDays, a limit of S3`;
    problems.push({ argument: "expirePrefixAfterDays", value: `${prefixes.length} prefixes`, allowed });
  }
  if (infrequentAccess !== undefined && archive !== undefined && archive < infrequentAccess + 30) {
    const allowed = `at least 30 days after infrequentAccessAfterDays (${infrequentAccess})`;
    problems.push({ argument: "archiveAfterDays", value: archive, allowed });
  }
  const lastMove = Math.max(infrequentAccess ?? 0, archive ?? 0);
  if (expire !== undefined && lastMove > 0 && expire <= lastMove) {
    problems.push({ argument: "expireAfterDays", value: expire, allowed: `later than the last move (${lastMove})` });
  }
  return problems;
}

/** The lifecycle rules of a retention. They always remove unfinished uploads and old versions. */
export function lifecycleRules(retention: ResolvedRetention): Rule[] {
  const move = (after: number | "never" | undefined, storageClass: string) =>
    after === undefined || after === "never" ? [] : [{ days: after, storageClass }];
  const transitions = [
    ...move(retention.infrequentAccessAfterDays, "STANDARD_IA"),
    ...move(retention.archiveAfterDays, "GLACIER"),
  ];
  const expireAfterDays = daysOf(retention.expireAfterDays);
  const everything: Rule = {
    id: `everything${retention.keepVersionsBecause ? `: ${retention.keepVersionsBecause}` : ""}`,
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: retention.abortUploadAfterDays },
    noncurrentVersionExpiration: {
      noncurrentDays: retention.noncurrentExpireAfterDays,
      ...(retention.noncurrentVersionsKept === undefined
        ? {}
        : { newerNoncurrentVersions: retention.noncurrentVersionsKept }),
    },
    ...(transitions.length > 0 ? { transitions } : {}),
    // An expiration in days removes the markers of deleted objects too, and S3 refuses both in one rule:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
    expiration: expireAfterDays === undefined ? { expiredObjectDeleteMarker: true } : { days: expireAfterDays },
  };
  const { expirePrefixAfterDays: expire, noncurrentPrefixExpireAfterDays: noncurrent } = retention;
  const prefixes = prefixesOf(retention).map((prefix, index): Rule => ({
    // Numbered: `a/b` and `a-b` would read alike. At most 255 characters.
    id: `prefix-${index + 1}-${prefix.replace(/\W+/g, "-").replace(/^-|-$/g, "")}`.slice(0, 255),
    status: "Enabled",
    filter: { prefix },
    ...(expire[prefix] === undefined ? {} : { expiration: { days: expire[prefix] } }),
    ...(noncurrent[prefix] === undefined
      ? {}
      : { noncurrentVersionExpiration: { noncurrentDays: noncurrent[prefix] } }),
  }));
  return [everything, ...prefixes];
}

const prefixesOf = (retention: ResolvedRetention): string[] => [
  ...new Set([retention.expirePrefixAfterDays, retention.noncurrentPrefixExpireAfterDays].flatMap(Object.keys)),
];
