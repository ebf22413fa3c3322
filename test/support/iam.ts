import { speaksOf } from "../../evaluate/iam/decide";
import { statementOf, type RequestContext } from "../../evaluate/iam/policy";
import type { PolicyStatement } from "./harness";

export type { RequestContext } from "../../evaluate/iam/policy";

/** Does a statement speak of a request? */
export const applies = (
  statement: PolicyStatement,
  action: string,
  resource: string,
  context: RequestContext,
): boolean => speaksOf(statementOf(statement), action, resource, context);

/** The sids of the statements that refuse a request. */
export function refusals(
  statements: readonly PolicyStatement[],
  action: string,
  resource: string,
  context: RequestContext,
): string[] {
  return statements
    .filter(({ Effect }) => Effect === "Deny")
    .filter((statement) => applies(statement, action, resource, context))
    .map(({ Sid }) => Sid ?? "");
}
