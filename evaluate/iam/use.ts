import { speaksOf } from "./decide";
import { needsOf, type Need } from "./needs";
import type { PolicyStatement } from "./policy";
import type { ProgramPolicies } from "./program";
import { type ProgramRole } from "./program";
import { REASONS, type GrantReason } from "./reasons";

/** An action that a role is seen to call at run time. */
export interface SeenAction {
  /** The name of the role in the program, for example `ingestion-etl-role`. */
  readonly role: string;
  readonly action: string;
}

/** An action that a statement of a role allows, and why the role has it. */
export interface GrantUse {
  readonly action: string;
  readonly resources: readonly string[];
  /** A need that the statement fulfils. */
  readonly derived: Need | undefined;
  readonly seen: boolean;
  readonly reason: GrantReason | undefined;
}

export interface RoleUse {
  readonly role: ProgramRole;
  readonly grants: readonly GrantUse[];
  /** The grants without a derived need, a call that was seen, or a reason. */
  readonly unused: readonly GrantUse[];
  /** Actions that were seen, and that nothing derives. */
  readonly unforeseen: readonly string[];
}

/**
 * Compares the actions that each role of a program is granted with those that are derived from the program and those that were seen at run time. A managed policy
 * of AWS is not compared, because its statements are not the program's.
 */
export function roleUses(
  program: ProgramPolicies,
  seen: readonly SeenAction[] = [],
  needs = needsOf(program),
): RoleUse[] {
  const byRole = new Map<string, Need[]>();
  for (const need of needs) {
    if (need.caller.kind !== "identity") continue;
    const before = byRole.get(need.caller.arn);
    if (before) before.push(need);
    else byRole.set(need.caller.arn, [need]);
  }
  const seenBy = new Map<string, Set<string>>();
  for (const { role, action } of seen) seenBy.set(role, (seenBy.get(role) ?? new Set()).add(action.toLowerCase()));
  return program.roles.map((role) => {
    const { name } = role.resource;
    const own = byRole.get(role.arn) ?? [];
    const calls = seenBy.get(name) ?? new Set<string>();
    const grants = role.own.flatMap((statement) => grantsOf(statement, own, calls, name));
    const derived = new Set(own.map(({ action }) => action.toLowerCase()));
    return {
      role,
      grants,
      unused: grants.filter((grant) => !grant.derived && !grant.seen && !grant.reason),
      unforeseen: [...calls].filter((action) => !derived.has(action)).sort(),
    };
  });
}

const grantsOf = (
  statement: PolicyStatement,
  needs: readonly Need[],
  calls: ReadonlySet<string>,
  role: string,
): GrantUse[] =>
  statement.effect === "Deny"
    ? []
    : (statement.actions ?? []).map((action) => ({
        action,
        resources: statement.resources ?? [],
        derived: needs.find((need) =>
          speaksOf({ ...statement, actions: [action] }, need.action, need.resource, need.context ?? {}),
        ),
        seen: calls.has(action.toLowerCase()),
        reason: REASONS.find(
          (reason) =>
            reason.role.test(role) &&
            reason.action.test(action) &&
            (reason.resource === undefined || (statement.resources ?? []).some((one) => reason.resource?.test(one))),
        ),
      }));
