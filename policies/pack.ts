import type {
  PolicyComplianceFramework,
  PolicyResource as EngineResource,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { evaluateView, type Report } from "./evaluate";
import type { PolicyResource, StackView } from "./rule";
import { engineName, TABLE, type TableRow } from "./table";
import { stackView } from "./view";

/** The engine's resources, and the providers that make them, as rules see them. */
function fromEngine(resources: readonly EngineResource[]): PolicyResource[] {
  const providers = new Map<string, PolicyResource>();
  const found = resources.map((resource): PolicyResource => {
    const { urn, type, name, props, opts, provider, propertyDependencies } = resource;
    if (provider && !providers.has(provider.urn)) {
      providers.set(provider.urn, {
        urn: provider.urn,
        type: provider.type,
        name: provider.name,
        props: provider.props,
      });
    }
    return {
      urn,
      type,
      name,
      props,
      opts: { protect: opts.protect, provider: provider?.urn, parent: opts.parent },
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([property, sources]) => [property, sources.map((one) => one.urn)]),
      ),
    };
  });
  for (const { urn } of found) providers.delete(urn);
  return [...found, ...providers.values()];
}

/** The stack's name, which is the second part of a URN: `urn:pulumi:<stack>::<project>::<type>::<name>`. */
const environmentOf = (resources: readonly { readonly urn: string }[]): string => resources[0]?.urn.split(":")[2] ?? "";

/** What all policies share that judge one request of the engine. */
interface Run {
  readonly stack: StackView;
  /** The report of all rules with the environment's own levels. It is made when it is first needed. */
  report(): Report;
}
const runs = new WeakMap<object, Run>();

/**
 * The run that a policy belongs to. `@pulumi/policy` gives every policy a copy of the resources, which would cost a view for each
 * of them. The copies of one request, and of no other, share the lists of the request itself, such as `ignoreChanges`.
 */
function runOf({ resources }: StackValidationArgs): Run {
  const request = resources[0]?.opts.ignoreChanges ?? resources;
  let run = runs.get(request);
  if (run) return run;
  const stack = stackView(fromEngine(resources), environmentOf(resources));
  let report: Report | undefined;
  run = { stack, report: () => (report ??= evaluateView(stack, { environment: stack.environment })) };
  runs.set(request, run);
  return run;
}

/** The framework whose control the rule checks. The engine takes one framework a policy; `tags` name all controls. */
function frameworkOf({ title, maps }: TableRow): PolicyComplianceFramework | undefined {
  const controls = maps.flatMap((control) => (control.startsWith("FSBP ") ? [control.slice("FSBP ".length)] : []));
  return controls.length === 0
    ? undefined
    : {
        name: "AWS Foundational Security Best Practices",
        version: "1.0.0",
        reference: controls.join(", "),
        specification: title,
      };
}

/**
 * One policy for each rule. `--policy-pack-config policies/config.<environment>.json` gives the levels; without it every rule is
 * mandatory.
 */
const rules = TABLE.map((row): StackValidationPolicy => ({
  name: engineName(row),
  displayName: `${row.id}: ${row.title}`,
  description: `${row.title}.`,
  enforcementLevel: "mandatory",
  severity: row.severity,
  framework: frameworkOf(row),
  tags: [row.kind, ...row.maps],
  remediationSteps: row.remediation,
  validateStack(args, report) {
    const { stack } = runOf(args);
    const { judged, violations } = evaluateView(stack, {
      environment: stack.environment,
      table: [row],
      everyLevel: true,
    });
    for (const { resource, message } of violations)
      report(`${row.id}: ${resource.name}: ${message}. ${row.remediation}`, resource.urn);
    if (judged.size === 0) args.notApplicable(`the stack has no resource that ${row.id} applies to`);
  },
}));

/** The policies about what no rule can decide yet, and about the exemptions themselves. */
const others: StackValidationPolicy[] = [
  {
    name: "unknown-before-deployment",
    description: "Every rule can be decided: no value that it needs is known only after deployment.",
    enforcementLevel: "advisory",
    validateStack(args, report) {
      for (const { rule, resource, message } of runOf(args).report().unknown)
        report(`${rule.id}: ${resource.name}: ${message}`, resource.urn);
    },
  },
  {
    name: "exemptions",
    description: "Every exemption is complete, allowed and in force.",
    enforcementLevel: "mandatory",
    validateStack(args, report) {
      for (const { exemption, problem, mandatory } of runOf(args).report().exemptionProblems) {
        if (mandatory)
          report(`exemption of ${exemption.resource} from ${exemption.rule} (${exemption.owner}): ${problem}`);
      }
    },
  },
];

export const policies: StackValidationPolicy[] = [...rules, ...others];
