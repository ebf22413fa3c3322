import type { Command } from "commander";
import { existsSync, readFileSync } from "node:fs";
import pc from "picocolors";
import { missingRights, type MissingRight } from "../../evaluate/iam/missing";
import { needsOf } from "../../evaluate/iam/needs";
import { ProgramPolicies } from "../../evaluate/iam/program";
import { seenActions } from "../../evaluate/iam/seen";
import { roleUses, type GrantUse, type RoleUse, type SeenAction } from "../../evaluate/iam/use";
import { UserError } from "../../local/errors";
import { inHome } from "../../local/paths";
import { evaluateEnvironment } from "../evaluate";
import { table } from "../ui/table";

interface Options {
  readonly json?: true;
  readonly seen?: string;
}

export function register(program: Command): void {
  program
    .command("iam")
    .description("show what each role may do and why, the rights that nothing uses, and the rights that are missing")
    .argument(
      "[environment]",
      "local, dev, prod or another environment that has a file Pulumi.<environment>.yaml",
      "local",
    )
    .option("--seen <file>", "the decisions of a local cloud; by default those of this checkout's local cloud")
    .option("--json", "print the result as JSON")
    .action(async (environment: string, options: Options) => {
      const seen = seenIn(options.seen);
      const policies = new ProgramPolicies(await evaluateEnvironment(environment));
      const needs = needsOf(policies);
      const roles = roleUses(policies, seen, needs);
      const missing = missingRights(policies, needs);
      const report = options.json
        ? JSON.stringify(result(environment, roles, missing), null, 2)
        : page(environment, roles, missing);
      // A pipe takes 64 KiB at once, and the command ends the process.
      await new Promise((resolve) => process.stdout.write(`${report}\n`, resolve));
      if (missing.length > 0) process.exitCode = 1;
    });
}

/** Reads the calls that roles were seen to make. Only the default file may be absent. */
function seenIn(asked: string | undefined): SeenAction[] {
  const file = asked ?? inHome("logs", "iam.jsonl");
  if (asked === undefined && !existsSync(file)) return [];
  try {
    return seenActions(readFileSync(file, "utf8"));
  } catch (error) {
    const hint = "A local cloud writes such a file: logs/iam.jsonl in its folder.";
    throw new UserError(
      `--seen is ${file}, which cannot be read: ${(error as Error).message.replace(/^E[A-Z]+: /, "")}`,
      hint,
      2,
    );
  }
}

const originOf = ({ derived, seen, reason }: GrantUse): string =>
  [...(derived ? ["derived"] : []), ...(seen ? ["seen"] : []), ...(!derived && !seen && reason ? ["reason"] : [])].join(
    ", ",
  ) || "unused";

const whyOf = ({ derived, reason }: GrantUse): string =>
  derived ? `${derived.by.name}: ${derived.why}` : (reason?.why ?? "");

function result(environment: string, roles: readonly RoleUse[], missing: readonly MissingRight[]): object {
  return {
    environment,
    roles: roles.map(({ role, grants, unforeseen }) => ({
      role: role.resource.name,
      grants: grants.map((grant) => ({
        action: grant.action,
        resources: grant.resources,
        origin: originOf(grant),
        why: whyOf(grant),
        source: grant.derived?.source ?? grant.reason?.source,
      })),
      seenButNotDerived: unforeseen,
    })),
    missing: missing.map(({ need, role, message, remedy }) => ({
      role,
      action: need.action,
      resource: need.resource,
      message,
      remedy,
      source: need.source,
    })),
  };
}

function page(environment: string, roles: readonly RoleUse[], missing: readonly MissingRight[]): string {
  const granted = roles.flatMap(({ grants }) => grants).length;
  const unused = roles.flatMap((use) => use.unused.map((grant) => ({ name: use.role.resource.name, grant })));
  return [
    ...roles.filter(({ grants }) => grants.length > 0).flatMap(section),
    ...unused.map(
      ({ name, grant }) =>
        `${pc.yellow("▲")} ${name} has ${grant.action} on ${grant.resources.join(", ")}, which nothing uses.`,
    ),
    ...missing.map(
      ({ message, remedy, need }) => `${pc.red("✖")} ${message}\n  ${pc.dim(`→ ${remedy} ${need.source}`)}`,
    ),
    `${environment}: ${roles.length} roles, ${granted} granted actions, ${unused.length} unused, ${missing.length} missing`,
  ].join("\n");
}

const section = ({ role, grants, unforeseen }: RoleUse): string[] => [
  pc.bold(role.resource.name),
  table(["action", "granted on", "because", "who or what needs it"], grants.map(rowOf)),
  ...(unforeseen.length > 0 ? [`Seen, but derived from nothing: ${unforeseen.join(", ")}.`] : []),
];

/** The last part of an ARN says which resource it is. */
const short = (resource: string): string => resource.split(":").slice(5).join(":") || resource;

const rowOf = (grant: GrantUse): string[] => {
  const [first = "", ...others] = grant.resources.map(short);
  return [
    grant.action,
    others.length > 0 ? `${first} and ${others.length} more` : first,
    originOf(grant),
    whyOf(grant),
  ];
};
