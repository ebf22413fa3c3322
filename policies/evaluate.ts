import { defectOf, EXEMPTIONS, matches, type Exemption } from "./exemptions";
import { outcomeOf, type PolicyResource, type StackView } from "./rule";
import { settingsOf } from "./settings";
import type { Level } from "./levels";
import { levelOf, TABLE, type TableRow } from "./table";

export interface Finding {
  readonly rule: TableRow;
  readonly level: Level;
  readonly resource: PolicyResource;
  readonly message: string;
}

export interface Report {
  readonly environment: string;
  readonly resources: number;
  /** Rules that looked at at least one resource. */
  readonly rulesApplied: number;
  /** Outcomes of all rules over all resources they speak about, the compliant ones too. */
  readonly checks: number;
  readonly violations: readonly Finding[];
  /** What could not be decided before deployment: never taken for compliant. */
  readonly unknown: readonly Finding[];
  readonly exempted: readonly (Finding & { readonly exemption: Exemption })[];
  /** What is wrong with the exemptions themselves: incomplete, expired, refused, or excusing nothing. */
  readonly exemptionProblems: readonly {
    readonly exemption: Exemption;
    readonly problem: string;
    readonly mandatory: boolean;
  }[];
}

export interface EvaluateOptions {
  readonly environment: string;
  readonly exemptions?: readonly Exemption[];
  /** The day on which exemptions are judged. Default: today. */
  readonly now?: Date;
  /** Rules to run; all by default. */
  readonly table?: readonly TableRow[];
  /** Somebody else decides on levels, the engine for instance: run rules that are disabled here too. */
  readonly everyLevel?: boolean;
}

/** Looks resources up in constant time, however many there are. */
export function stackView(resources: readonly PolicyResource[], environment: string): StackView {
  const byType = new Map<string, PolicyResource[]>();
  const byUrn = new Map<string, PolicyResource>();
  for (const resource of resources) {
    byUrn.set(resource.urn, resource);
    const same = byType.get(resource.type);
    if (same) same.push(resource);
    else byType.set(resource.type, [resource]);
  }
  // type and property → what a referring resource names → those that name it
  const references = new Map<string, Map<string, PolicyResource[]>>();
  const indexOf = (type: string, property: string): Map<string, PolicyResource[]> => {
    const key = `${type} ${property}`;
    let index = references.get(key);
    if (index) return index;
    references.set(key, (index = new Map()));
    for (const resource of byType.get(type) ?? []) {
      const named = new Set(resource.propertyDependencies?.[property] ?? []);
      try {
        const value = resource.props[property];
        if (typeof value === "string") named.add(`=${value}`);
      } catch {
        // Not known yet: the dependency tells.
      }
      for (const name of named) {
        const list = index.get(name);
        if (list) list.push(resource);
        else index.set(name, [resource]);
      }
    }
    return index;
  };
  return {
    environment,
    settings: settingsOf(environment),
    ofType: (type) => byType.get(type) ?? [],
    byUrn: (urn) => byUrn.get(urn) ?? byUrn.get(urn.slice(0, urn.lastIndexOf("::"))),
    referring(resource, type, property, identifiers) {
      const index = indexOf(type, property);
      const found = new Set(index.get(resource.urn) ?? []);
      for (const identifier of identifiers) {
        let value: unknown;
        try {
          value = resource.props[identifier];
        } catch {
          continue;
        }
        if (typeof value === "string" && value !== "") for (const one of index.get(`=${value}`) ?? []) found.add(one);
      }
      return [...found];
    },
  };
}

/** Holds resources against the rules of an environment. Pure: no engine, no clock but `now`. */
export function evaluate(resources: readonly PolicyResource[], options: EvaluateOptions): Report {
  const { environment, exemptions = EXEMPTIONS, now = new Date(), table = TABLE } = options;
  const stack = stackView(resources, environment);
  const today = now.toISOString().slice(0, 10);
  const current = exemptions.filter(({ environments }) => environments?.includes(environment) ?? true);
  const used = new Set<Exemption>();
  const violations: Finding[] = [];
  const unknown: Finding[] = [];
  const exempted: (Finding & { exemption: Exemption })[] = [];
  let checks = 0;
  let rulesApplied = 0;
  for (const row of table) {
    const level = levelOf(row, environment);
    if (level === "disabled" && !options.everyLevel) continue;
    const mine = current.filter(({ rule }) => rule === row.id);
    let applied = false;
    for (const resource of row.types.flatMap((type) => stack.ofType(type))) {
      const outcome = outcomeOf(row, resource, stack);
      if (outcome.kind === "not-applicable") continue;
      applied = true;
      checks++;
      if (outcome.kind === "compliant") continue;
      if (outcome.kind === "unknown") {
        unknown.push({ rule: row, level: "advisory", resource, message: outcome.what });
        continue;
      }
      const finding = { rule: row, level, resource, message: outcome.message };
      const excuses = mine.filter((one) => matches(one.resource, resource));
      for (const one of excuses) used.add(one);
      const exemption = excuses.find((one) => defectOf(one) === undefined && one.expires >= today);
      if (exemption && row.suppressible) exempted.push({ ...finding, exemption });
      else violations.push(finding);
    }
    if (applied) rulesApplied++;
  }
  const exemptionProblems = current.flatMap((exemption) => {
    const row = table.find(({ id }) => id === exemption.rule);
    const problem = (text: string, mandatory: boolean): Report["exemptionProblems"] => [
      { exemption, problem: text, mandatory },
    ];
    if (!row) return problem(`there is no rule ${exemption.rule}`, true);
    if (!row.suppressible) return problem(`${row.id} allows no exemptions`, true);
    const defect = defectOf(exemption);
    if (defect !== undefined) return problem(defect, true);
    if (exemption.expires < today) return problem(`it expired on ${exemption.expires}`, true);
    return used.has(exemption) ? [] : problem("it excuses nothing any more", false);
  });
  return {
    environment,
    resources: resources.length,
    rulesApplied,
    checks,
    violations,
    unknown,
    exempted,
    exemptionProblems,
  };
}

/** Does the report forbid deployment? */
export const isRefused = (report: Report): boolean =>
  report.violations.some(({ level }) => level === "mandatory") ||
  report.exemptionProblems.some(({ mandatory }) => mandatory);
