/** The values of a condition's key in a request; undefined when the request has no such key. */
export type ContextValue = string | readonly string[] | undefined;

/** The condition keys of a request, by name. Names of keys do not depend on case. */
export type RequestContext = Readonly<Record<string, ContextValue>>;

/** A condition of a statement: an operator, a key, and the values it allows. */
export interface PolicyCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The principals of a statement: `*`, or ids by the kind of principal (`AWS`, `Service`, `Federated`). */
export type PolicyPrincipals = "*" | Readonly<Record<string, readonly string[]>>;

/** A statement of a policy in its long form: every element that may be one text or a list is a list. */
export interface PolicyStatement {
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  readonly principals: PolicyPrincipals | undefined;
  readonly notPrincipals: PolicyPrincipals | undefined;
  readonly conditions: readonly PolicyCondition[];
}

type Json = Readonly<Record<string, unknown>>;

const list = (value: unknown): readonly string[] | undefined =>
  value === undefined ? undefined : (Array.isArray(value) ? value : [value]).map(String);

function principals(value: unknown): PolicyPrincipals | undefined {
  if (value === undefined) return undefined;
  if (value === "*") return "*";
  return Object.fromEntries(Object.entries(value as Json).map(([kind, ids]) => [kind, list(ids) ?? []]));
}

const conditions = (value: unknown): PolicyCondition[] =>
  Object.entries((value ?? {}) as Record<string, Json>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: list(values) ?? [] })),
  );

/** Brings one statement, as a policy's JSON has it, into its long form. */
export const statementOf = (statement: unknown): PolicyStatement => {
  const json = statement as Json;
  return {
    sid: String(json.Sid ?? ""),
    effect: json.Effect === "Deny" ? "Deny" : "Allow",
    actions: list(json.Action),
    notActions: list(json.NotAction),
    resources: list(json.Resource),
    notResources: list(json.NotResource),
    principals: principals(json.Principal),
    notPrincipals: principals(json.NotPrincipal),
    conditions: conditions(json.Condition),
  };
};

/**
 * Reads the statements of a policy document.
 * @throws When the text is not JSON.
 */
export function parsePolicy(text: string): PolicyStatement[] {
  const { Statement = [] } = JSON.parse(text) as { Statement?: unknown };
  return (Array.isArray(Statement) ? Statement : [Statement]).map(statementOf);
}

const patterns = new Map<string, RegExp>();

/** Tells whether a pattern with the wildcards `*` and `?` matches the whole text. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern === "*" || pattern === text) return true;
  if (!/[*?]/.test(pattern)) return false;
  let compiled = patterns.get(pattern);
  if (!compiled) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    patterns.set(pattern, (compiled = new RegExp(`^${source}$`, "s")));
  }
  return compiled.test(text);
}

/** Tells whether two ARNs match in each of their six parts (ArnEquals and ArnLike are the same operator). */
export function matchesArn(pattern: string, arn: string): boolean {
  const [expected, actual] = [parts(pattern), parts(arn)];
  return (
    expected.length === 6 && actual.length === 6 && expected.every((part, at) => matchesPattern(part, actual[at]!))
  );
}

function parts(arn: string): string[] {
  const [partition = "", service = "", region = "", account = "", ...rest] = arn.split(":").slice(1);
  return arn.startsWith("arn:") && rest.length > 0
    ? ["arn", partition, service, region, account, rest.join(":")]
    : [arn];
}
