import type { RecordedResource } from "../recorded";
import type { Lint, LintProblem } from "./lint";
import { covers, SERVICE_PRINCIPALS, type ServicePrincipal } from "./service-principals";
import { serviceStatements, type Condition, type ServiceStatement } from "./service-statements";

const CONFUSED_DEPUTY = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html";

/**
 * Finds statements that let an AWS service call a resource under a condition on a key that the service does not send: AWS denies each
 * of its calls without an error in the program. Also finds statements without any condition where the service documents one, and
 * services that the table does not have.
 */
export const principals: Lint = (resources) => {
  const users = usersOfRoles(resources);
  return serviceStatements(resources).flatMap((statement) => problemsOf(statement, users.get(statement.resource.urn)));
};

const ROWS = new Map<string, ServicePrincipal[]>();
for (const row of SERVICE_PRINCIPALS) {
  const name = `${row.service} ${row.target}`;
  ROWS.set(name, [...(ROWS.get(name) ?? []), row]);
}

/** Returns the arguments that give each role to a service, as `<type>.<property>`, by the role's URN. */
function usersOfRoles(resources: readonly RecordedResource[]): ReadonlyMap<string, ReadonlySet<string>> {
  const users = new Map(
    resources.filter(({ type }) => type === "aws:iam/role:Role").map(({ urn }) => [urn, new Set<string>()]),
  );
  for (const { type, propertyDependencies } of resources)
    for (const [property, urns] of Object.entries(propertyDependencies))
      for (const urn of urns) users.get(urn)?.add(`${type}.${property}`);
  return users;
}

/** A fault of a statement for one of its actions. The message is made for all actions that have it. */
interface Fault {
  readonly message: (call: string) => string;
  readonly remedy: string;
  readonly source: string;
}

function problemsOf(statement: ServiceStatement, users: ReadonlySet<string> | undefined): readonly LintProblem[] {
  const { resource, service, target, actions } = statement;
  const rows = target === undefined ? [] : chosen(ROWS.get(`${service} ${target}`) ?? [], users);
  const faults = new Map<string, { readonly fault: Fault; readonly actions: string[] }>();
  for (const action of actions) {
    const fault = faultOf(
      statement,
      rows.filter((row) => covers(row, action)),
    );
    if (!fault) continue;
    const name = fault.message("") + fault.remedy;
    faults.set(name, { fault, actions: [...(faults.get(name)?.actions ?? []), action] });
  }
  return [...faults.values()].map(({ fault: { message, remedy, source }, actions: affected }) => ({
    lint: "principals",
    resource,
    message: message(`${service} call ${affected.join(" and ")} on the ${target ?? "resource"}`),
    remedy,
    source,
  }));
}

/** Returns the fault of a statement for an action that these rows are about. */
function faultOf({ conditions }: ServiceStatement, rows: readonly ServicePrincipal[]): Fault | undefined {
  const [first] = rows;
  if (!first)
    return {
      message: (call) => `A statement lets ${call}, for which the table of service principals has no row.`,
      remedy: "Add a row with the condition keys that the service documents to evaluate/lints/service-principals.ts.",
      source: CONFUSED_DEPUTY,
    };
  // An encryption context tells the uses of a key apart. Without one the statement is about every use.
  const contexts = conditions.filter(({ key }) => isContext(key));
  const meant = contexts.length > 0 ? rows.filter((row) => contexts.every(({ key }) => documents(row, key))) : rows;
  const undocumented = conditions.filter(({ key }) => !meant.every((row) => documents(row, key)));
  if (meant.length === 0 || undocumented.length > 0) {
    const named = names(undocumented.length > 0 ? undocumented : contexts);
    const [row = first] = meant.filter((each) => undocumented.some(({ key }) => !documents(each, key)));
    return {
      message: (call) =>
        `A statement lets ${call} under a condition on ${named}, which AWS does not document for this call: it would deny the call.`,
      remedy: remedyFor(meant.length === 0 ? rows : meant),
      source: row.source,
    };
  }
  const open = conditions.some(isGuard)
    ? undefined
    : meant.find(({ keys, unguarded }) => keys.length > 0 && !unguarded);
  if (open)
    return {
      message: (call) => `A statement lets ${call} on behalf of any account.`,
      remedy: remedyFor([open]),
      source: open.source,
    };
  const literal = conditions.find(({ operator, values }) => /^StringEquals/.test(operator) && values.some(hasWildcard));
  if (!literal || meant[0]?.literal) return undefined;
  return {
    message: (call) =>
      `A statement lets ${call} if ${literal.key} is ${literal.values.join(" or ")}: ${literal.operator} takes a wildcard literally, so that AWS would deny the call.`,
    remedy: "Use ArnLike or StringLike.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
  };
}

/** Returns the rows for the way in which a role is used, or those for every way. */
function chosen(
  rows: readonly ServicePrincipal[],
  users: ReadonlySet<string> | undefined,
): readonly ServicePrincipal[] {
  const special = rows.filter(({ usedBy }) => usedBy !== undefined && users?.has(usedBy));
  return special.length > 0 ? special : rows.filter(({ usedBy }) => usedBy === undefined);
}

/** IAM does not tell capitals apart in the names of keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html. */
const documents = ({ keys }: ServicePrincipal, key: string): boolean =>
  keys.some((each) => each.toLowerCase() === key.toLowerCase());

/** Whether a condition confines the call to resources of some accounts: it must be there, be equal and be no mere wildcard. */
const isGuard = ({ operator, key, values }: Condition): boolean =>
  /^(ForAnyValue:)?(String|Arn)(Equals|Like)(IgnoreCase)?$/.test(operator) &&
  /^(aws:Source|sts:ExternalId$|kms:EncryptionContext:)/i.test(key) &&
  values.every((value) => /[^*?]/.test(value));

const isContext = (key: string): boolean => key.toLowerCase().startsWith("kms:encryptioncontext:");
const hasWildcard = (value: string): boolean => value.includes("*");
const names = (conditions: readonly Condition[]): string => [...new Set(conditions.map(({ key }) => key))].join(", ");

function remedyFor(rows: readonly ServicePrincipal[]): string {
  const ways = rows.map(({ keys }) => keys.join(" or ")).filter((way) => way !== "");
  if (ways.length === 0) return "Remove the condition: AWS documents none for this call.";
  return `Use a condition on ${[...new Set(ways)].join(", or for another use on ")}.`;
}
