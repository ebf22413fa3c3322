import type { Command } from "commander";
import pc from "picocolors";
import { UserError, type Report } from "../../local/errors";
import { planEnvironment, type Plan, type PlannedRequests } from "../plan";
import { number, table } from "../ui/table";
import { printProblems } from "./check";
import { runSteps } from "../ui/tasks";

/** The pack's policy that lists the checks that no rule could decide at preview. */
const UNDECIDED = "unknown-before-deployment";

export function register(program: Command): void {
  program
    .command("plan")
    .description(
      "preview an environment with the real Pulumi engine and the policies, and check the requests that AWS would receive; needs no credentials, login or network",
    )
    .argument("<environment>", "local, dev, prod or another environment that has a file Pulumi.<environment>.yaml")
    .option("--json", "print the plan as JSON")
    .option("--verbose", "list every resource")
    .action(async (environment: string, options: { json?: boolean; verbose?: boolean }) => {
      let plan: Plan | undefined;
      const preview = async (report: Report): Promise<string> => {
        plan = await planEnvironment(environment, report);
        return `${number(plan.steps.length)} resources`;
      };
      if (options.json) await preview(() => undefined);
      else await runSteps([{ title: `pulumi preview of ${environment}`, run: preview }]);
      if (!plan) return;
      if (options.json) process.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
      else printPlan(plan, options.verbose ?? false);
      const refused = refusalOf(plan);
      if (refused) throw refused;
    });
}

/** Returns the reasons why an environment cannot be deployed as planned; undefined if it can. */
export function refusalOf({
  environment,
  policies,
  problems,
  refusal,
  requests: { refused },
}: Plan): UserError | undefined {
  const mandatory = policies.filter(({ level }) => level === "mandatory").length;
  const reasons = [
    ...(refused.length > 0 ? [`AWS would refuse ${number(refused.length)} of the resources of ${environment}`] : []),
    ...(problems.length > 0
      ? [
          `${environment} has ${number(problems.length)} ${problems.length === 1 ? "problem" : "problems"} that AWS would show after a deployment`,
        ]
      : []),
    ...(mandatory > 0 ? [`${environment} has ${mandatory} mandatory policy violations`] : []),
    ...(refusal !== undefined && mandatory === 0 ? [refusal] : []),
  ];
  return reasons.length > 0 ? new UserError(reasons.join("\n")) : undefined;
}

function printRequests({ checked, refused, unknownTypes }: PlannedRequests): void {
  for (const { type, name, problems } of refused) {
    for (const problem of problems) console.info(`${pc.red("✖")} ${name} (${type}): ${problem}`);
  }
  if (checked === undefined) {
    console.info(
      `${pc.yellow("?")} The requests of a deployment were not checked, because AWS's service models are not installed. \`platform setup\` installs them.`,
    );
    return;
  }
  console.info(`${number(checked)} requests were checked against AWS's service models, and none was sent.`);
  if (unknownTypes.length > 0) {
    console.info(
      `${pc.yellow("?")} The requests of these types were not checked, because the local provider does not support them: ${unknownTypes.join(", ")}.`,
    );
  }
}

function printPlan(plan: Plan, verbose: boolean): void {
  if (verbose) {
    console.info(
      table(
        ["operation", "type", "name"],
        plan.steps.map(({ operation, type, name }) => [operation, type, name]),
      ),
    );
  } else {
    const counts = new Map<string, number>();
    for (const { type } of plan.steps) counts.set(type, (counts.get(type) ?? 0) + 1);
    console.info(
      table(
        ["type", "resources"],
        [...counts].sort(([left], [right]) => left.localeCompare(right)),
      ),
    );
  }
  const undecided = plan.policies.filter(({ policy }) => policy === UNDECIDED);
  for (const { policy, level, message } of verbose
    ? plan.policies
    : plan.policies.filter((message) => !undecided.includes(message))) {
    console.info(
      `${level === "mandatory" ? pc.red("✖") : pc.yellow("▲")} ${policy} [${level}] ${message.split("\n").at(-1)}`,
    );
  }
  if (undecided.length > 0 && !verbose) {
    console.info(
      `${pc.yellow("?")} ${number(undecided.length)} checks need values that are known only after deployment (--verbose lists them); ` +
        `\`platform check ${plan.environment}\` decides them with stand-ins for these values.`,
    );
  }
  printProblems(plan.problems);
  printRequests(plan.requests);
}
