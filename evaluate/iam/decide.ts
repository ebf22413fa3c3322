import { fulfils } from "./conditions";
import { matchesPattern, type PolicyPrincipals, type PolicyStatement, type RequestContext } from "./policy";

/** The caller of a request: a role or user of an account, or a service that calls by itself. */
export type Caller =
  { readonly kind: "identity"; readonly arn: string } | { readonly kind: "service"; readonly service: string };

export interface AccessRequest {
  readonly caller: Caller;
  /** For example `s3:GetObject`. */
  readonly action: string;
  /** The ARN of the resource, or `*` for an action that has none. */
  readonly resource: string;
  readonly context?: RequestContext;
}

/** The policies that apply to a request. */
export interface ApplicablePolicies {
  /** The policies of the calling role or user. */
  readonly identity: readonly PolicyStatement[];
  /** The policy of the resource: empty when it has none, undefined when it is unknown. An unknown policy is taken to leave the decision to IAM. */
  readonly resource?: readonly PolicyStatement[];
  /** The permissions boundary of the caller; undefined when it has none or its document is unknown. */
  readonly boundary?: readonly PolicyStatement[];
}

export interface Decision {
  readonly allowed: boolean;
  /** `explicitDeny` when a statement refuses; `implicitDeny` when none allows. */
  readonly reason: "allow" | "explicitDeny" | "implicitDeny";
  /** The statement that allows or refuses. */
  readonly statement?: PolicyStatement;
  /** The policy that lacks an Allow: the identity's, the resource's or the boundary. */
  readonly lacking?: "identity" | "resource" | "boundary";
}

const accountOf = (arn: string): string => arn.split(":")[4] ?? "";

/** Tells whether the elements of a statement other than its principals match a request. */
export function speaksOf(
  statement: PolicyStatement,
  action: string,
  resource: string,
  context: RequestContext,
): boolean {
  const { actions, notActions, resources, notResources } = statement;
  const wanted = action.toLowerCase();
  const hasAction = (pattern: string): boolean => matchesPattern(pattern.toLowerCase(), wanted);
  const hasResource = (pattern: string): boolean => matchesPattern(pattern, resource);
  if (actions ? !actions.some(hasAction) : notActions?.some(hasAction)) return false;
  if (resources ? !resources.some(hasResource) : notResources?.some(hasResource)) return false;
  return statement.conditions.every((condition) => fulfils(context, condition));
}

/** How a statement's principals name the caller: the caller itself, its whole account, or not at all. */
function named(principals: PolicyPrincipals | undefined, caller: Caller): "caller" | "account" | undefined {
  if (principals === undefined) return undefined;
  if (principals === "*") return "caller";
  if (caller.kind === "service") return principals.Service?.includes(caller.service) ? "caller" : undefined;
  const ids = principals.AWS ?? [];
  if (ids.includes("*") || ids.includes(caller.arn)) return "caller";
  const account = accountOf(caller.arn);
  return ids.some((id) => id === account || (id.endsWith(":root") && accountOf(id) === account))
    ? "account"
    : undefined;
}

/** Returns how a statement of a resource's policy names the caller, `NotPrincipal` included. */
function nameIn(statement: PolicyStatement, caller: Caller): "caller" | "account" | undefined {
  if (statement.notPrincipals !== undefined) return named(statement.notPrincipals, caller) ? undefined : "caller";
  return named(statement.principals, caller);
}

/**
 * Decides a request as AWS does: a Deny that applies refuses it; otherwise an Allow of the resource's policy that names the caller grants it within an
 * account, or else the identity's policies and its boundary must both allow it. KMS keys and trust policies take part in each decision: without an Allow
 * of theirs nothing is allowed. A service that calls by itself has the resource's policy only.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
 */
export function decide(request: AccessRequest, policies: ApplicablePolicies): Decision {
  const { caller, action, resource, context = {} } = request;
  const applies = (statement: PolicyStatement): boolean => speaksOf(statement, action, resource, context);
  const first = (statements: readonly PolicyStatement[] | undefined, effect: "Allow" | "Deny") =>
    statements?.find((statement) => statement.effect === effect && applies(statement));

  const resourceStatements = policies.resource?.filter((statement) => nameIn(statement, caller) !== undefined);
  const refusal =
    first(resourceStatements, "Deny") ?? first(policies.boundary, "Deny") ?? first(policies.identity, "Deny");
  if (refusal) return { allowed: false, reason: "explicitDeny", statement: refusal };

  const direct = first(
    resourceStatements?.filter((statement) => nameIn(statement, caller) === "caller"),
    "Allow",
  );
  if (caller.kind === "service") return direct ? allowed(direct) : lacks("resource");

  const byIdentity = first(policies.identity, "Allow");
  const bounded = policies.boundary === undefined || first(policies.boundary, "Allow") !== undefined;
  const delegated = direct ?? first(resourceStatements, "Allow");
  const isKnown = policies.resource !== undefined;
  if (isKnown && mustBeAllowedByResource(action, caller, resource) && !delegated) return lacks("resource");
  const sameAccount = accountOf(caller.arn) === (accountOf(resource) || accountOf(caller.arn));
  // A resource's policy that names a role is limited by the boundary of the role as the role's own policies are.
  if (direct && sameAccount) return bounded ? allowed(direct) : lacks("boundary");
  if (!byIdentity) return lacks("identity");
  return bounded ? allowed(byIdentity) : lacks("boundary");
}

const allowed = (statement: PolicyStatement): Decision => ({ allowed: true, reason: "allow", statement });
const lacks = (lacking: Decision["lacking"]): Decision => ({ allowed: false, reason: "implicitDeny", lacking });

/** Tells whether a request needs an Allow of the resource's own policy whatever the identity's policies say. */
function mustBeAllowedByResource(action: string, caller: Caller, resource: string): boolean {
  if (/^(kms:|sts:assumerole)/i.test(action)) return resource !== "*";
  return caller.kind === "identity" && accountOf(resource) !== "" && accountOf(resource) !== accountOf(caller.arn);
}
