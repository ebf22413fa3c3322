import type { ArgumentCheck } from "../../core/validate";
import { hasExtendedSupport, type EngineFacts } from "./engine-facts";
import { knowsInsights } from "./instance-classes";
import type { DatabaseSettings } from "./settings";

/** What follows from the settings for the engine's parameters, options, license, support and measurements. */

export interface DatabaseParameter {
  readonly name: string;
  readonly value: string;
  readonly applyMethod: "immediate" | "pending-reboot";
}

/** Oracle's listener for TLS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.Oracle.Options.SSL.html. */
export const ORACLE_TLS_PORT = 2484;
const ADVANCED_INSIGHTS_DAYS = 465;
const USUAL_INSIGHTS_DAYS = 7;

/** Returns how many days of Performance Insights are kept. */
export function insightsDaysOf({ engine, instanceClass, monitoring }: DatabaseSettings, check: ArgumentCheck): number {
  const { insightsDays, advancedInsights } = monitoring;
  const known = knowsInsights(engine, instanceClass);
  const days = insightsDays ?? (advancedInsights ? ADVANCED_INSIGHTS_DAYS : known ? USUAL_INSIGHTS_DAYS : 0);
  check.require(known || days === 0, "monitoring.insightsDays", days, `0, with ${instanceClass} of ${engine}`);
  const months = days >= 31 && days <= 713 && days % 31 === 0;
  const allowed = "0, 7, 31 times 1 to 23, or 731";
  check.require([0, 7, 731].includes(days) || months, "monitoring.insightsDays", days, allowed);
  check.require(
    !advancedInsights || days >= ADVANCED_INSIGHTS_DAYS,
    "monitoring.insightsDays",
    days,
    `${ADVANCED_INSIGHTS_DAYS} or more, with advancedInsights`,
  );
  return days;
}

/** Returns the parameter without which the engine would accept connections in the clear. Oracle's TLS is an option. */
function tlsParameter({ kind }: EngineFacts): DatabaseParameter | undefined {
  switch (kind) {
    case "postgres":
    case "aurora-postgresql":
      return { name: "rds.force_ssl", value: "1", applyMethod: "immediate" };
    case "sqlserver":
      return { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" };
    case "aurora-mysql":
      return { name: "require_secure_transport", value: "ON", applyMethod: "immediate" };
    case "mysql":
    case "mariadb":
      return { name: "require_secure_transport", value: "1", applyMethod: "immediate" };
    default:
      return undefined;
  }
}

/** MySQL's family writes these logs into tables, or not at all, unless parameters say otherwise. */
function logParameters({ proxyFamily }: EngineFacts, logs: readonly string[]): DatabaseParameter[] {
  if (proxyFamily !== "MYSQL") return [];
  const wanted = { general: "general_log", slowquery: "slow_query_log" };
  const switches = Object.entries(wanted).flatMap(([log, name]) => (logs.includes(log) ? [name] : []));
  if (switches.length === 0) return [];
  return [
    { name: "log_output", value: "FILE", applyMethod: "immediate" },
    ...switches.map((name): DatabaseParameter => ({ name, value: "1", applyMethod: "immediate" })),
  ];
}

/** Returns the parameters of the group: those that force TLS, those that logs need, and the program's own. */
export function parametersOf(
  { parameters }: DatabaseSettings,
  facts: EngineFacts,
  logs: readonly string[],
  check: ArgumentCheck,
): DatabaseParameter[] {
  const tls = tlsParameter(facts);
  const own = Object.entries(parameters).map(([name, given]): DatabaseParameter => {
    check.require(name !== tls?.name, "parameters", name, `parameters other than ${name}, which forces TLS`);
    if (typeof given === "string") return { name, value: given, applyMethod: "immediate" };
    return { name, value: given.value, applyMethod: given.afterReboot ? "pending-reboot" : "immediate" };
  });
  const ours = [...(tls ? [tls] : []), ...logParameters(facts, logs)].filter(
    ({ name }) => !Object.hasOwn(parameters, name),
  );
  return [...ours, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export type DatabaseOption = DatabaseSettings["options"][number] & { readonly port?: number };

/** Returns the options of the group, Oracle's TLS among them. */
export function optionsOf(
  { engine, options }: DatabaseSettings,
  facts: EngineFacts,
  topology: string,
  check: ArgumentCheck,
): readonly DatabaseOption[] {
  const names = options.map(({ name }) => name);
  const possible = facts.options && topology !== "readableStandbys";
  check.require(possible || names.length === 0, "options", names, `none: ${engine} takes no option group here`);
  if (facts.kind !== "oracle") return options;
  check.require(!names.includes("SSL"), "options", "SSL", "options other than SSL, which is set");
  const settings = {
    "SQLNET.SSL_VERSION": "1.2",
    "SQLNET.CIPHER_SUITE": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  };
  return [{ name: "SSL", settings, port: ORACLE_TLS_PORT }, ...options];
}

/** Returns the license as RDS calls it. */
export function licenseOf({ engine, license }: DatabaseSettings, check: ArgumentCheck): string | undefined {
  const models = { included: "license-included", own: "bring-your-own-license" };
  if (engine.startsWith("oracle-se2")) return models[license ?? "included"];
  const [only, model] = engine.startsWith("oracle-ee")
    ? (["own", models.own] as const)
    : engine.startsWith("sqlserver-")
      ? (["included", models.included] as const)
      : ([undefined, undefined] as const);
  check.require(license === undefined || license === only, "license", license, only ?? `unset, with ${engine}`);
  return model;
}

/** Returns what happens when the version's support ends. */
export function lifecycleOf({ engine, extendedSupport }: DatabaseSettings, check: ArgumentCheck): string | undefined {
  const sold = hasExtendedSupport(engine);
  check.require(sold || !extendedSupport, "extendedSupport", true, `false: AWS sells none for ${engine}`);
  if (!sold) return undefined;
  return extendedSupport ? "open-source-rds-extended-support" : "open-source-rds-extended-support-disabled";
}
