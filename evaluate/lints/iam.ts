import { needsOf, type Need } from "../iam/needs";
import { ProgramPolicies } from "../iam/program";
import { suggestion } from "../iam/suggest";
import type { Decision } from "../iam/decide";
import type { Lint, LintProblem } from "./lint";

/** Finds the requests of the deployed platform that its own policies would deny. */
export const iam: Lint = (resources) => {
  const program = new ProgramPolicies(resources);
  return needsOf(program).flatMap((need) => problem(need, program) ?? []);
};

function problem(need: Need, program: ProgramPolicies): LintProblem | undefined {
  const { caller, action, resource, by, why, source } = need;
  // The policy of what the program does not define is its owner's.
  if (caller.kind === "service" && program.policyOf(resource) === undefined) return undefined;
  const decision = program.decide({ ...need, context: { ...ALWAYS, ...need.context } });
  if (decision.allowed) return undefined;
  const role = caller.kind === "identity" ? program.role(caller.arn) : undefined;
  const name = role ? `The role ${role.resource.name}` : caller.kind === "service" ? caller.service : caller.arn;
  return {
    lint: "iam",
    resource: by,
    message: `${name} ${denial(decision)} ${action} on ${resource}, but ${by.name} needs it: ${why}.`,
    remedy: remedy(need, decision),
    source,
  };
}

/** Keys that every request of a service or SDK has. */
const ALWAYS = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };

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
  return lacking === "identity" && grant
    ? `${grant} gives the right; the statement that is missing in ${where} is ${json}.`
    : `Add ${json} to ${where}.`;
}
