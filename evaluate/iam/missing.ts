import type { Decision } from "./decide";
import { needsOf, type Need } from "./needs";
import type { ProgramPolicies } from "./program";
import { suggestion } from "./suggest";

/** A request of the deployed platform that its own policies would deny. */
export interface MissingRight {
  readonly need: Need;
  readonly decision: Decision;
  /** The name of the role in the program; undefined for a service that calls by itself. */
  readonly role: string | undefined;
  readonly message: string;
  readonly remedy: string;
}

/** Keys that every request of a service or an SDK has. */
const ALWAYS = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };

/** Finds the requests that the policies of a program would deny. */
export function missingRights(program: ProgramPolicies, needs: readonly Need[] = needsOf(program)): MissingRight[] {
  return needs.flatMap((need) => {
    const { caller, action, resource, by, why } = need;
    // The policy of what the program does not define is its owner's.
    if (caller.kind === "service" && program.policyOf(resource) === undefined) return [];
    const decision = program.decide({ ...need, context: { ...ALWAYS, ...need.context } });
    if (decision.allowed) return [];
    const role = caller.kind === "identity" ? program.role(caller.arn)?.resource.name : undefined;
    const name = role ? `The role ${role}` : caller.kind === "service" ? caller.service : caller.arn;
    const message = `${name} ${denial(decision)} ${action} on ${resource}, but ${by.name} needs it: ${why}.`;
    return [{ need, decision, role, message, remedy: remedy(need, decision) }];
  });
}

const denial = ({ reason, lacking, statement }: Decision): string => {
  if (reason === "explicitDeny") return `is refused by the statement ${statement?.sid || "without a Sid"} for`;
  return lacking === "boundary" ? "is kept by its permissions boundary from" : "may not call";
};

function remedy({ caller, action, resource }: Need, { reason, lacking }: Decision): string {
  const { grant, statement } = suggestion(action, resource);
  if (reason === "explicitDeny") return "Restrict the Deny by a condition, or to other principals.";
  if (action === "sts:AssumeRole")
    return "Name the service in the role's trust policy, under conditions that it fulfils.";
  if (lacking === "boundary") return `Add ${action} to the permissions boundary.`;
  const where = lacking === "resource" ? "the resource's policy" : "the role's statements";
  const principal = caller.kind === "service" ? { Principal: { Service: caller.service } } : {};
  const json = JSON.stringify({ ...statement, ...principal });
  if (lacking !== "identity" || !grant) return `Add ${json} to ${where}.`;
  return `${grant} gives the right; the statement that is missing in ${where} is ${json}.`;
}
