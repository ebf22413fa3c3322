import {
  compliant,
  notApplicable,
  violation,
  type Outcome,
  type PolicyResource,
  type Predicate,
  type Props,
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

/** The blocks of a list; a value of another shape has none. */
export const blocks = (value: unknown): readonly Props[] =>
  Array.isArray(value) ? value.filter((one): one is Props => one !== null && typeof one === "object") : [];

/** A rule about one property of one type: unset, empty, 0 and false fail like any other wrong value. */
export function requires(type: string, path: string, accepts: (value: unknown) => boolean, message: string): Predicate {
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
): Predicate {
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
): Predicate {
  const type = `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
  return requiresCompanion(
    BUCKET,
    { type, property: "bucket", identifiers: BUCKET_IDENTIFIERS },
    (companions, bucket, stack) => {
      const reason = exempt(bucket, stack);
      if (reason !== undefined) return notApplicable(reason);
      if (companions.length === 0) return violation(`it has no ${kind}: ${message}`);
      // Of several that contradict one another nobody knows which one holds.
      return companions.every(accepts) ? compliant : violation(message);
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
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The statements of a policy document; none when it cannot be read: what looks for a statement must then fail. */
export function statements(document: unknown): readonly PolicyStatement[] {
  let value = document;
  if (typeof value === "string") {
    try {
      value = JSON.parse(value) as unknown;
    } catch {
      return [];
    }
  }
  const found = (value as { Statement?: unknown } | null | undefined)?.Statement;
  const all = Array.isArray(found) ? found : [found];
  return all.filter((one): one is PolicyStatement => one !== null && typeof one === "object");
}

/** A document that is there and can be read. One that cannot be must not pass for one that allows nothing. */
export const isReadable = (document: unknown): boolean => statements(document).length > 0;

export const listOf = (value: unknown): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [String(value)];

/** Are the objects of a bucket meant, not the bucket's own ARN alone? */
export const reachesObjects = ({ Resource }: PolicyStatement): boolean =>
  listOf(Resource).some((one) => one === "*" || one.endsWith("/*"));

/** Is anybody meant? `*`, or a principal that is or ends in one. */
export function isAnybody(principal: unknown): boolean {
  if (principal === "*") return true;
  if (principal === null || typeof principal !== "object") return false;
  return Object.values(principal as Props).some((value) => listOf(value).some((one) => one === "*"));
}

/** The conditions of a statement, one by one: all of them must hold for it to apply. */
export const conditionsOf = ({
  Condition,
}: PolicyStatement): readonly { operator: string; key: string; value: unknown }[] =>
  Object.entries(Condition ?? {}).flatMap(([operator, condition]) =>
    Object.entries(condition).map(([key, value]) => ({ operator, key, value })),
  );

/** Does a statement speak of all of these actions? */
export const covers = ({ Action }: PolicyStatement, actions: string): boolean =>
  listOf(Action).some((one) => one === "*" || one === actions || one === `${actions.split(":")[0]}:*`);

/**
 * Denies everybody `actions` without TLS on what the statement `reaches`, and under no further condition: one more would let plain requests through that do
 * not meet it.
 */
export const deniesPlainHttp = (
  document: unknown,
  actions: string,
  reaches: (statement: PolicyStatement) => boolean = () => true,
): boolean =>
  statements(document).some((statement) => {
    const conditions = conditionsOf(statement);
    const [only] = conditions;
    return (
      statement.Effect === "Deny" &&
      isAnybody(statement.Principal) &&
      covers(statement, actions) &&
      reaches(statement) &&
      conditions.length === 1 &&
      /^Bool(IfExists)?$/.test(only?.operator ?? "") &&
      only?.key.toLowerCase() === "aws:securetransport" &&
      listOf(only.value).map(String).includes("false")
    );
  });

/** Keys that say whose request it is, or on whose behalf a service makes it. */
const NARROWING =
  /^(aws:(Source(Arn|Account|Owner|OrgID|OrgPaths)|Principal(Arn|Account|OrgID|OrgPaths))|kms:CallerAccount)$/i;

/**
 * Lets anybody in: an Allow for everyone that no condition on account, organization or source narrows. A condition that
 * excludes some, holds only if its key is there, or takes any value narrows nothing.
 */
export const allowsAnybody = (document: unknown): boolean =>
  statements(document).some(
    (statement) =>
      statement.Effect !== "Deny" &&
      (isAnybody(statement.Principal) || statement.NotPrincipal !== undefined) &&
      !conditionsOf(statement).some(
        ({ operator, key, value }) =>
          /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/.test(operator) &&
          NARROWING.test(key) &&
          listOf(value).every((one) => !/^[*?]*$/.test(one)),
      ),
  );

/** What is wrong with the policy of a resource others may use; undefined if nothing is. */
export function openness(document: unknown): string | undefined {
  if (!isReadable(document)) return "it has no policy that can be read";
  return allowsAnybody(document)
    ? "its policy lets anybody (*) in without a condition on account or source"
    : undefined;
}
