import { defectOf, EXEMPTIONS, matches, type Exemption } from "./exemptions";
import type { Level } from "./levels";
import { outcomeOf, type PolicyResource, type StackView } from "./rule";
import { levelOf, TABLE, type TableRow } from "./table";
import { stackView } from "./view";

export interface Finding {
  readonly rule: TableRow;
  readonly level: Level;
  readonly resource: PolicyResource;
  readonly message: string;
}

export interface ExemptionProblem {
  readonly exemption: Exemption;
  readonly problem: string;
  readonly mandatory: boolean;
}

export interface Report {
  readonly environment: string;
  readonly resources: number;
  /** The ids of the rules that judged at least one resource. */
  readonly judged: ReadonlySet<string>;
  /** The number of rules that judged at least one resource. */
  readonly rulesApplied: number;
  /** The number of judgements: one for each rule and each resource that the rule applies to. */
  readonly checks: number;
  readonly violations: readonly Finding[];
  /** What cannot be decided before deployment. It never counts as compliant. */
  readonly unknown: readonly Finding[];
  readonly exempted: readonly (Finding & { readonly exemption: Exemption })[];
  /** What is wrong with the exemptions themselves: incomplete, expired, not allowed, or not needed. */
  readonly exemptionProblems: readonly ExemptionProblem[];
}

export interface EvaluateOptions {
  readonly environment: string;
  readonly exemptions?: readonly Exemption[];
  /** The day on which exemptions are judged. The default is today. */
  readonly now?: Date;
  /** The rules to run. The default is all of them. */
  readonly table?: readonly TableRow[];
  /** Whether rules run that are disabled in the environment. The engine sets it, because it applies levels itself. */
  readonly everyLevel?: boolean;
}

/** Judges resources by the rules of an environment. It is pure: it needs no engine, and no clock but `now`. */
export const evaluate = (resources: readonly PolicyResource[], options: EvaluateOptions): Report =>
  evaluateView(stackView(resources, options.environment), options);

/** Judges the resources of a view. Several evaluations can share a view. */
export function evaluateView(stack: StackView, options: EvaluateOptions): Report {
  const { environment, exemptions = EXEMPTIONS, now = new Date(), table = TABLE } = options;
  const today = now.toISOString().slice(0, 10);
  const current = exemptions.filter(({ environments }) => environments?.includes(environment) ?? true);
  const used = new Set<Exemption>();
  const judged = new Set<string>();
  const violations: Finding[] = [];
  const unknown: Finding[] = [];
  const exempted: (Finding & { exemption: Exemption })[] = [];
  let checks = 0;
  for (const rule of table) {
    const level = levelOf(rule, environment);
    if (level === "disabled" && !options.everyLevel) continue;
    const candidates = current.filter((exemption) => exemption.rule === rule.id);
    for (const resource of rule.types.flatMap((type) => stack.ofType(type))) {
      const outcome = outcomeOf(rule, resource, stack);
      if (outcome.kind === "not-applicable") continue;
      judged.add(rule.id);
      checks++;
      if (outcome.kind === "compliant") continue;
      if (outcome.kind === "unknown") {
        unknown.push({ rule, level: "advisory", resource, message: outcome.what });
        continue;
      }
      const finding = { rule, level, resource, message: outcome.message };
      const matching = candidates.filter((exemption) => matches(exemption.resource, resource));
      for (const exemption of matching) used.add(exemption);
      const exemption = matching.find((one) => defectOf(one) === undefined && one.expires >= today);
      if (exemption && rule.suppressible) exempted.push({ ...finding, exemption });
      else violations.push(finding);
    }
  }
  return {
    environment,
    resources: stack.resources.length,
    judged,
    rulesApplied: judged.size,
    checks,
    violations,
    unknown,
    exempted,
    exemptionProblems: current.flatMap((exemption) => problemOf(exemption, table, today, used.has(exemption)) ?? []),
  };
}

/** What is wrong with an exemption, or undefined if nothing is. */
function problemOf(
  exemption: Exemption,
  table: readonly TableRow[],
  today: string,
  used: boolean,
): ExemptionProblem | undefined {
  const mandatory = (problem: string): ExemptionProblem => ({ exemption, problem, mandatory: true });
  const rule = table.find(({ id }) => id === exemption.rule);
  if (!rule) return mandatory(`there is no rule ${exemption.rule}`);
  if (!rule.suppressible) return mandatory(`${rule.id} allows no exemptions`);
  const defect = defectOf(exemption);
  if (defect !== undefined) return mandatory(defect);
  if (exemption.expires < today) return mandatory(`it expired on ${exemption.expires}`);
  return used ? undefined : { exemption, problem: "no resource needs it any more", mandatory: false };
}

/** Whether the report forbids the deployment. */
export const isRefused = (report: Report): boolean =>
  report.violations.some(({ level }) => level === "mandatory") ||
  report.exemptionProblems.some(({ mandatory }) => mandatory);
