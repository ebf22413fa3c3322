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

/** Reads a nested property. A list counts as its first element, because the AWS provider wraps single blocks in lists. */
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
/** Whether a value is the ARN or id of a customer managed key. An alias of a key of AWS is not. */
export const isCustomerKey = (value: unknown): boolean =>
  typeof value === "string" && value !== "" && !value.includes("alias/aws/");

/** The blocks of a list. A value of another shape has none. */
export const blocks = (value: unknown): readonly Props[] =>
  Array.isArray(value) ? value.filter((one): one is Props => one !== null && typeof one === "object") : [];

/** Requires a value of one property of one type. Unset, empty, 0 and false violate like every other wrong value. */
export function requires(type: string, path: string, accepts: (value: unknown) => boolean, message: string): Predicate {
  return {
    types: [type],
    check: ({ props }) =>
      accepts(get(props, path)) ? compliant : violation(`${path} is ${shown(get(props, path))}: ${message}`),
  };
}

export const shown = (value: unknown): string =>
  value === undefined || value === null ? "not set" : JSON.stringify(value);

/** Judges a resource by its companions, such as a bucket by its encryption. A resource without companions has an empty list. */
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

/** Judges a bucket by the resource that configures one aspect of it. A bucket without that resource violates. */
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
      // If several companions contradict each other, it is not known which of them is in force.
      return companions.every(accepts) ? compliant : violation(message);
    },
  );
}

/** Whether the bucket receives the access logs of other buckets. Log delivery can use neither a key nor another such bucket. */
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

/** The statements of a policy document. A document that cannot be read has none, so that a rule that looks for a statement fails. */
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

/** Whether a document exists and can be read. One that cannot be read must not count as one that allows nothing. */
export const isReadable = (document: unknown): boolean => statements(document).length > 0;

export const listOf = (value: unknown): readonly string[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [String(value)];

/** Whether a statement applies to the objects of a bucket, and not only to the bucket itself. */
export const reachesObjects = ({ Resource }: PolicyStatement): boolean =>
  listOf(Resource).some((one) => one === "*" || one.endsWith("/*"));

/** Whether a principal is `*`, alone or among others, which means every principal. */
export function isEveryPrincipal(principal: unknown): boolean {
  if (principal === "*") return true;
  if (principal === null || typeof principal !== "object") return false;
  return Object.values(principal as Props).some((value) => listOf(value).some((one) => one === "*"));
}

/** The conditions of a statement as a list. A statement applies if all of its conditions hold. */
export const conditionsOf = ({
  Condition,
}: PolicyStatement): readonly { operator: string; key: string; value: unknown }[] =>
  Object.entries(Condition ?? {}).flatMap(([operator, condition]) =>
    Object.entries(condition).map(([key, value]) => ({ operator, key, value })),
  );

/** Whether a statement applies to all of these actions. */
export const covers = ({ Action }: PolicyStatement, actions: string): boolean =>
  listOf(Action).some((one) => one === "*" || one === actions || one === `${actions.split(":")[0]}:*`);

/**
 * Whether a document denies `actions` without TLS to every principal, in a statement that `reaches` the right resources. The
 * statement must have no further condition, which would exempt the plain requests that do not meet it.
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
      isEveryPrincipal(statement.Principal) &&
      covers(statement, actions) &&
      reaches(statement) &&
      conditions.length === 1 &&
      /^Bool(IfExists)?$/.test(only?.operator ?? "") &&
      only?.key.toLowerCase() === "aws:securetransport" &&
      listOf(only.value).map(String).includes("false")
    );
  });

/** The condition keys that identify who makes a request, or for whom a service makes it. */
const NARROWING =
  /^(aws:(Source(Arn|Account|Owner|OrgID|OrgPaths)|Principal(Arn|Account|OrgID|OrgPaths))|kms:CallerAccount)$/i;

/**
 * Whether a document allows every principal without a condition on account, organization or source. A condition does not count
 * if it excludes some values, accepts every value, or holds when its key is missing.
 */
export const allowsEveryPrincipal = (document: unknown): boolean =>
  statements(document).some(
    (statement) =>
      statement.Effect !== "Deny" &&
      (isEveryPrincipal(statement.Principal) || statement.NotPrincipal !== undefined) &&
      !conditionsOf(statement).some(
        ({ operator, key, value }) =>
          /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/.test(operator) &&
          NARROWING.test(key) &&
          listOf(value).every((one) => !/^[*?]*$/.test(one)),
      ),
  );

/** What is wrong with the policy of a resource that others may use, or undefined if nothing is. */
export function openness(document: unknown): string | undefined {
  if (!isReadable(document)) return "it has no policy that can be read";
  return allowsEveryPrincipal(document)
    ? "its policy allows every principal (*) without a condition on account or source"
    : undefined;
}
