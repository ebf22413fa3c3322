import { isSet, part, parts, repeated, type Params, type Rule } from "./rule";

const FORBIDDEN_STARTS = ["xn--", "sthree-", "amzn-s3-demo-"];
const FORBIDDEN_ENDS = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

function bucketName({ Bucket }: Params): string[] {
  const name = String(Bucket ?? "");
  const problem = (reason: string): string => `Bucket: ${JSON.stringify(name)} ${reason}`;
  const problems: string[] = [];
  if (name.length < 3 || name.length > 63) problems.push(problem(`has ${name.length} characters; 3 to 63 are allowed`));
  if (!/^[a-z0-9.-]*$/.test(name)) problems.push(problem("may have lower-case letters, digits, dots and hyphens only"));
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) problems.push(problem("must begin and end with a letter or digit"));
  if (name.includes("..")) problems.push(problem("has two dots in a row"));
  if (/^\d+(\.\d+){3}$/.test(name)) problems.push(problem("looks like an IP address"));
  for (const start of FORBIDDEN_STARTS) if (name.startsWith(start)) problems.push(problem(`begins with ${start}`));
  for (const end of FORBIDDEN_ENDS) if (name.endsWith(end)) problems.push(problem(`ends with ${end}`));
  return problems;
}

/** The storage classes from warm to cold. Objects move only in this direction. */
const COLDER = ["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];
const ACTIONS = [
  "Expiration",
  "Transitions",
  "NoncurrentVersionExpiration",
  "NoncurrentVersionTransitions",
  "AbortIncompleteMultipartUpload",
];

function lifecycle({ LifecycleConfiguration }: Params): string[] {
  const rules = parts(part(LifecycleConfiguration).Rules);
  const problems = repeated(rules.flatMap(({ ID }) => (typeof ID === "string" ? [ID] : []))).map(
    (id) => `Rules: the ID ${JSON.stringify(id)} is used twice`,
  );
  rules.forEach((rule, index) => {
    const path = `Rules[${index}]${isSet(rule.ID) ? ` (${String(rule.ID)})` : ""}`;
    if (!ACTIONS.some((action) => rule[action] !== undefined)) problems.push(`${path}: has no action`);
    if (isSet(rule.Prefix) && rule.Filter !== undefined) problems.push(`${path}: has both Prefix and Filter`);
    problems.push(...ordered(path, "Transitions", parts(rule.Transitions), "Days", part(rule.Expiration).Days));
    const expiry = part(rule.NoncurrentVersionExpiration).NoncurrentDays;
    problems.push(
      ...ordered(
        path,
        "NoncurrentVersionTransitions",
        parts(rule.NoncurrentVersionTransitions),
        "NoncurrentDays",
        expiry,
      ),
    );
    const expiration = part(rule.Expiration);
    const chosen = ["Days", "Date", "ExpiredObjectDeleteMarker"].filter((name) => expiration[name] !== undefined);
    if (chosen.length > 1) problems.push(`${path}.Expiration: has ${chosen.join(" and ")}; one is allowed`);
    const filter = { ...part(rule.Filter), ...part(part(rule.Filter).And) };
    const byTag = filter.Tag !== undefined || filter.Tags !== undefined;
    const bySize = filter.ObjectSizeGreaterThan !== undefined || filter.ObjectSizeLessThan !== undefined;
    if (rule.AbortIncompleteMultipartUpload !== undefined && (byTag || bySize)) {
      problems.push(`${path}: AbortIncompleteMultipartUpload cannot be filtered by tags or object size`);
    }
    if (expiration.ExpiredObjectDeleteMarker !== undefined && byTag) {
      problems.push(`${path}: ExpiredObjectDeleteMarker cannot be filtered by tags`);
    }
  });
  return problems;
}

function ordered(path: string, name: string, transitions: readonly Params[], days: string, expiry: unknown): string[] {
  const problems: string[] = [];
  const steps = transitions
    .flatMap((step) => (typeof step[days] === "number" ? [{ days: step[days], to: String(step.StorageClass) }] : []))
    .sort((one, other) => COLDER.indexOf(one.to) - COLDER.indexOf(other.to));
  for (const [index, { days: at, to }] of steps.entries()) {
    const earlier = steps[index - 1];
    if ((to === "STANDARD_IA" || to === "ONEZONE_IA") && at < 30)
      problems.push(`${path}.${name}: moves to ${to} after ${at} days, but the least is 30`);
    if (earlier && at <= earlier.days)
      problems.push(
        `${path}.${name}: the move to ${to} after ${at} days must come later than the move to ${earlier.to} after ${earlier.days}`,
      );
    if (typeof expiry === "number" && expiry <= at)
      problems.push(`${path}: expires after ${expiry} days, which must be later than the move to ${to} after ${at}`);
  }
  return problems;
}

function encryption({ ServerSideEncryptionConfiguration }: Params): string[] {
  return parts(part(ServerSideEncryptionConfiguration).Rules).flatMap((rule, index) => {
    const { SSEAlgorithm, KMSMasterKeyID } = part(rule.ApplyServerSideEncryptionByDefault);
    return SSEAlgorithm === "AES256" && isSet(KMSMasterKeyID)
      ? [`Rules[${index}]: KMSMasterKeyID is allowed for aws:kms and aws:kms:dsse, and not for AES256`]
      : [];
  });
}

function objectLock({ ObjectLockConfiguration }: Params): string[] {
  const { Mode, Days, Years } = part(part(part(ObjectLockConfiguration).Rule).DefaultRetention);
  if (Mode === undefined && Days === undefined && Years === undefined) return [];
  return Mode !== undefined && (Days === undefined) !== (Years === undefined)
    ? []
    : ["ObjectLockConfiguration.Rule.DefaultRetention: needs Mode and exactly one of Days and Years"];
}

export const S3_RULES: readonly Rule[] = [
  {
    service: "S3",
    operations: ["CreateBucket"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    check: bucketName,
  },
  {
    service: "S3",
    operations: ["PutBucketLifecycleConfiguration"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
    check: lifecycle,
  },
  {
    service: "S3",
    operations: ["PutBucketEncryption"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html",
    check: encryption,
  },
  {
    service: "S3",
    operations: ["PutObjectLockConfiguration"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html",
    check: objectLock,
  },
  {
    service: "S3",
    operations: ["PutObject"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html",
    check: ({ Key }) => {
      const bytes = Buffer.byteLength(String(Key ?? ""));
      return bytes > 1024 ? [`Key: has ${bytes} bytes in UTF-8, at most 1024 are allowed`] : [];
    },
  },
];
