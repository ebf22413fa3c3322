import { suggestion as suggestionFor } from "../../evaluate/iam/suggest";
import type { Decision } from "./decisions";

/** Returns the method of a component that grants the action, or undefined if there is none. */
export const suggestion = (action: string): string | undefined => suggestionFor(action, "*").grant;

/** Returns the statement that a role's policy lacks, as JSON on one line. */
export const missingStatement = ({ action, resource }: Pick<Decision, "action" | "resource">): string =>
  JSON.stringify({ Effect: "Allow", Action: action, Resource: resource });

/** Says what is to be changed so that a denied request is allowed. */
export function remedy(decision: Decision): string {
  const { action, resource, by, principal } = decision;
  if (by === "boundary") return `the permissions boundary does not allow ${action}`;
  if (by === "trust") return `the trust policy of ${resource} does not name ${principal}`;
  const statement = missingStatement(decision);
  if (by === "resource" || by === "key")
    return `in the policy of ${by === "key" ? "the key" : "the resource"}: ${statement}`;
  const grant = suggestion(action);
  return grant ? `${statement} (${grant})` : statement;
}
