import { PolicyPack, type PolicyResource as EngineResource, type StackValidationPolicy } from "@pulumi/policy";
import { evaluate } from "./evaluate";
import type { PolicyResource } from "./rule";
import { engineName, TABLE } from "./table";

/** Resources as the engine shows them, in the rules' own shape, their providers among them. */
function fromEngine(resources: readonly EngineResource[]): PolicyResource[] {
  const providers = new Map<string, PolicyResource>();
  const found = resources.map((resource): PolicyResource => {
    const { provider } = resource;
    if (provider && !providers.has(provider.urn)) {
      providers.set(provider.urn, {
        urn: provider.urn,
        type: provider.type,
        name: provider.name,
        props: provider.props,
      });
    }
    const dependencies = Object.entries(resource.propertyDependencies).map(
      ([property, all]) => [property, all.map(({ urn }) => urn)] as const,
    );
    return {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      props: resource.props,
      opts: { protect: resource.opts.protect, provider: provider?.urn, parent: resource.opts.parent },
      propertyDependencies: Object.fromEntries(dependencies),
    };
  });
  for (const { urn } of found) providers.delete(urn);
  return [...found, ...providers.values()];
}

/** `urn:pulumi:<stack>::<project>::<type>::<name>` */
const environmentOf = (resources: readonly { readonly urn: string }[]): string => resources[0]?.urn.split(":")[2] ?? "";

/**
 * One policy a rule. How strict each is comes with `--policy-pack-config policies/config.<environment>.json`; without it
 * everything is mandatory.
 */
const rules = TABLE.map((row): StackValidationPolicy => ({
  name: engineName(row),
  description: `${row.title}. ${row.remediation}`,
  enforcementLevel: "mandatory",
  validateStack({ resources }, report) {
    const { violations } = evaluate(fromEngine(resources), {
      environment: environmentOf(resources),
      table: [row],
      everyLevel: true,
    });
    for (const { resource, message } of violations) {
      report(`${row.id}: ${resource.name}: ${message}. ${row.remediation}`, resource.urn);
    }
  },
}));

/** What no rule could decide yet, and what is wrong with the exemptions. */
const rest: StackValidationPolicy[] = [
  {
    name: "unknown-before-deployment",
    description: "Values no rule could judge, as they are not known before deployment.",
    enforcementLevel: "advisory",
    validateStack({ resources }, report) {
      for (const { rule, resource, message } of evaluate(fromEngine(resources), {
        environment: environmentOf(resources),
      }).unknown) {
        report(`${rule.id}: ${resource.name}: ${message}`, resource.urn);
      }
    },
  },
  {
    name: "exemptions",
    description: "Exemptions excuse something, allow it, and have not expired.",
    enforcementLevel: "mandatory",
    validateStack({ resources }, report) {
      const { exemptionProblems } = evaluate(fromEngine(resources), { environment: environmentOf(resources) });
      for (const { exemption, problem, mandatory } of exemptionProblems) {
        if (mandatory)
          report(`exemption of ${exemption.resource} from ${exemption.rule} (${exemption.owner}): ${problem}`);
      }
    },
  },
];

new PolicyPack("dataplatform", { policies: [...rules, ...rest] });
