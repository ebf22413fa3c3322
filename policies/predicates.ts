import {
  compliant,
  notApplicable,
  violation,
  type Outcome,
  type PolicyResource,
  type Props,
  type Rule,
  type StackView,
} from "./rule";

/** Reads a nested property; a list counts as its first element, as AWS's provider wraps single blocks in lists. */
export function get(value: unknown, path: string): unknown {
  let current: unknown = value;
  for (const part of path.split(".")) {
    if (Array.isArray(current)) current = current[0];
    if (current === null || typeof current !== "object") return undefined;
    current = (current as Props)[part];
  }
  return current;
}

export const isTrue = (value: unknown): boolean => value === true || value === "true";
export const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== "" && value !== 0 && value !== false;
export const equals =
  (...wanted: readonly unknown[]) =>
  (value: unknown): boolean =>
    wanted.includes(value);
export const atLeast =
  (minimum: number) =>
  (value: unknown): boolean =>
    typeof value === "number" && value >= minimum;
/** The ARN or id of a key; an alias of AWS's own keys is not one. */
export const isCustomerKey = (value: unknown): boolean =>
  typeof value === "string" && value !== "" && !value.includes("alias/aws/");

/** A rule about one property of one type: unset, empty, 0 and false fail like any other wrong value. */
export function requires(type: string, path: string, accepts: (value: unknown) => boolean, message: string): Rule {
  return {
    types: [type],
    check: ({ props }) =>
      accepts(get(props, path)) ? compliant : violation(`${path} is ${shown(get(props, path))}: ${message}`),
  };
}

export const shown = (value: unknown): string =>
  value === undefined || value === null ? "not set" : JSON.stringify(value);

/** A rule about a resource that another one completes, such as a bucket and its encryption. Without the other it fails. */
export function requiresCompanion(
  type: string,
  companion: { readonly type: string; readonly property: string; readonly identifiers: readonly string[] },
  accepts: (companions: readonly PolicyResource[], resource: PolicyResource, stack: StackView) => Outcome,
): Rule {
  return {
    types: [type],
    check: (resource, stack) =>
      accepts(stack.referring(resource, companion.type, companion.property, companion.identifiers), resource, stack),
  };
}

export const BUCKET = "aws:s3/bucket:Bucket";
const BUCKET_IDENTIFIERS = ["bucket", "id", "arn"];

/** A rule about a bucket and the resource that settles one side of it. */
export function bucketCompanion(
  kind: string,
  message: string,
  accepts: (companion: PolicyResource) => boolean,
  exempt: (bucket: PolicyResource, stack: StackView) => string | undefined = () => undefined,
): Rule {
  const type = `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
  return requiresCompanion(
    BUCKET,
    { type, property: "bucket", identifiers: BUCKET_IDENTIFIERS },
    (companions, bucket, stack) => {
      const reason = exempt(bucket, stack);
      if (reason !== undefined) return notApplicable(reason);
      if (companions.length === 0) return violation(`it has no ${kind}: ${message}`);
      return companions.some(accepts) ? compliant : violation(message);
    },
  );
}

/** Does the bucket receive other buckets' access logs? Log delivery can use neither a key nor another such bucket. */
export const isLogDestination = (bucket: PolicyResource, stack: StackView): boolean =>
  stack.referring(bucket, "aws:s3/bucketLogging:BucketLogging", "targetBucket", BUCKET_IDENTIFIERS).length > 0;

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The statements of a policy document; none when it cannot be read, which fails what looks for a statement. */
export function statements(document: unknown): readonly PolicyStatement[] {
  let value = document;
  if (typeof value === "string") {
    try {
      value = JSON.parse(value) as unknown;
    } catch {
      return [];
    }
  }
  const found = (value as { Statement?: unknown } | undefined)?.Statement;
  return found === undefined ? [] : ((Array.isArray(found) ? found : [found]) as PolicyStatement[]);
}

export const listOf = (value: unknown): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [String(value)];

/** Is anybody meant? `*`, or a principal that is or ends in one. */
export function isAnybody(principal: unknown): boolean {
  if (principal === "*") return true;
  if (principal === null || typeof principal !== "object") return false;
  return Object.values(principal as Props).some((value) => listOf(value).some((one) => one === "*"));
}

/** Denies everything that does not come over TLS. */
export const deniesPlainHttp = (document: unknown): boolean =>
  statements(document).some(
    (statement) =>
      statement.Effect === "Deny" &&
      isAnybody(statement.Principal) &&
      Object.entries(statement.Condition ?? {}).some(
        ([operator, condition]) => /^Bool/.test(operator) && listOf(condition["aws:SecureTransport"]).includes("false"),
      ),
  );

/** Lets anybody in: an Allow for everyone that no condition on account, organization or source narrows. */
export const allowsAnybody = (document: unknown): boolean =>
  statements(document).some(
    (statement) =>
      statement.Effect !== "Deny" &&
      isAnybody(statement.Principal) &&
      !Object.values(statement.Condition ?? {}).some((condition) =>
        Object.keys(condition).some((key) =>
          /^(aws:(Source(Arn|Account|OrgId)|Principal(Arn|Account|OrgID))|kms:CallerAccount)$/i.test(key),
        ),
      ),
  );
