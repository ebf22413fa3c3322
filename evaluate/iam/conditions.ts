import { matchesArn, matchesPattern, type ContextValue, type PolicyCondition, type RequestContext } from "./policy";

/**
 * The operators that the platform's policies use. Each compares one value of the policy with one value of the request. A negated operator is true
 * only if no value of the policy equals the value of the request.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const COMPARISONS: Readonly<Record<string, (expected: string, actual: string) => boolean>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: matchesPattern,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  NumericEquals: (expected, actual) => Number(actual) === Number(expected),
  NumericLessThan: (expected, actual) => Number(actual) < Number(expected),
  NumericLessThanEquals: (expected, actual) => Number(actual) <= Number(expected),
  NumericGreaterThan: (expected, actual) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (expected, actual) => Number(actual) >= Number(expected),
};

const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NumericNotEquals: "NumericEquals",
};

type Quantifier = "ForAnyValue" | "ForAllValues" | undefined;

interface Operator {
  readonly quantifier: Quantifier;
  readonly isNegated: boolean;
  readonly ifExists: boolean;
  readonly compare: (expected: string, actual: string) => boolean;
}

const operators = new Map<string, Operator>();

function operatorOf(name: string): Operator {
  let known = operators.get(name);
  if (known) return known;
  const [, quantifier, base = "", ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const positive = NEGATED[base] ?? base;
  const compare = COMPARISONS[positive];
  if (!compare)
    throw new Error(`the evaluation of policies has no operator ${name}: add it to evaluate/iam/conditions.ts`);
  known = {
    quantifier: quantifier as Quantifier,
    isNegated: base in NEGATED,
    ifExists: ifExists !== undefined,
    compare,
  };
  operators.set(name, known);
  return known;
}

function valuesOf(context: RequestContext, key: string): readonly string[] | undefined {
  const direct: ContextValue = context[key];
  const found = direct ?? Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  return found === undefined ? undefined : typeof found === "string" ? [found] : found;
}

/**
 * Tells whether a request fulfils one condition. Where the request lacks the key, a positive operator is false; a negated one, one that ends with
 * `IfExists`, and one that begins with `ForAllValues:` are true.
 * @throws When the operator is unknown, so that no policy is judged by half.
 */
export function fulfils(context: RequestContext, { operator, key, values }: PolicyCondition): boolean {
  const actual = valuesOf(context, key);
  if (operator === "Null") return values.includes(String(actual === undefined));
  const { quantifier, isNegated, ifExists, compare } = operatorOf(operator);
  if (actual === undefined || actual.length === 0) {
    if (quantifier) return quantifier === "ForAllValues" || ifExists;
    return isNegated || ifExists;
  }
  const holds = (value: string): boolean => values.some((expected) => compare(expected, value)) !== isNegated;
  return quantifier === "ForAllValues" ? actual.every(holds) : quantifier ? actual.some(holds) : actual.every(holds);
}
