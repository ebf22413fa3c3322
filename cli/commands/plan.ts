import type { Command } from "commander";
import pc from "picocolors";
import { UserError } from "../../local/errors";
import { planEnvironment, type Plan, type PlannedRequests } from "../plan";
import { number, table } from "../ui/table";
import { runSteps } from "../ui/tasks";

/** The pack's policy that tells what no rule could decide. */
const UNDECIDED = "unknown-before-deployment";

export function register(program: Command): void {
  program
    .command("plan")
    .description(
      "preview an environment by the real Pulumi engine, with policies, and check the requests AWS would get: no credentials, no login, no network",
    )
    .argument("<environment>", "local, dev, prod: any Pulumi.<environment>.yaml")
    .option("--json", "the plan as JSON")
    .option("--verbose", "every resource")
    .action(async (environment: string, options: { json?: boolean; verbose?: boolean }) => {
      let plan: Plan | undefined;
      const preview = async (say: (line: string) => void): Promise<string> => {
        plan = await planEnvironment(environment, say);
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

/** Why an environment cannot be deployed as it is; undefined when it can. */
export function refusalOf({ environment, policies, refusal, requests: { refused } }: Plan): UserError | undefined {
  const mandatory = policies.filter(({ level }) => level === "mandatory").length;
  const reasons = [
    ...(refused.length > 0
      ? [`AWS would refuse ${number(refused.length)} of the resources of ${environment} as they are`]
      : []),
    ...(mandatory > 0 ? [`${environment} is refused by ${mandatory} mandatory policy violations`] : []),
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
      `${pc.yellow("?")} The requests of a deployment were not checked: AWS's service models are not installed, and \`platform setup\` installs them.`,
    );
    return;
  }
  console.info(`${number(checked)} requests were checked against AWS's service models, and none was sent.`);
  if (unknownTypes.length > 0) {
    console.info(
      `${pc.yellow("?")} Not checked, as the local provider does not have these types: ${unknownTypes.join(", ")}.`,
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
        [...counts].sort(([one], [other]) => one.localeCompare(other)),
      ),
    );
  }
  const undecided = plan.policies.filter(({ policy }) => policy === UNDECIDED);
  for (const { policy, level, message } of verbose
    ? plan.policies
    : plan.policies.filter((one) => !undecided.includes(one))) {
    console.info(
      `${level === "mandatory" ? pc.red("✖") : pc.yellow("▲")} ${policy} [${level}] ${message.split("\n").at(-1)}`,
    );
  }
  if (undecided.length > 0 && !verbose) {
    console.info(
      `${pc.yellow("?")} ${number(undecided.length)} checks need values that are known only after deployment (--verbose lists them); ` +
        `\`platform check ${plan.environment}\` decides them with values in their place.`,
    );
  }
  printRequests(plan.requests);
}
