import type { PolicyStatement } from "./harness";

/** As much of IAM's evaluation as bucket and queue policies here use: does a statement speak of a request? */

export type RequestContext = Readonly<Record<string, string | undefined>>;

const asList = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);
const like = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "s",
  ).test(text);

/**
 * The operators of conditions. Where the request lacks the key, a positive operator is false, and a negated one or one that ends
 * with `IfExists` is true.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const OPERATORS: Readonly<Record<string, (expected: string[], actual: string | undefined) => boolean>> = {
  Null: (expected, actual) => expected.includes(String(actual === undefined)),
  Bool: (expected, actual) => actual !== undefined && expected.includes(actual),
  StringEquals: (expected, actual) => actual !== undefined && expected.includes(actual),
  StringNotEquals: (expected, actual) => actual === undefined || !expected.includes(actual),
  ArnEquals: (expected, actual) => actual !== undefined && expected.some((one) => like(one, actual)),
  ArnLike: (expected, actual) => actual !== undefined && expected.some((one) => like(one, actual)),
  StringLike: (expected, actual) => actual !== undefined && expected.some((one) => like(one, actual)),
  StringLikeIfExists: (expected, actual) => actual === undefined || expected.some((one) => like(one, actual)),
  NumericLessThan: (expected, actual) => actual !== undefined && expected.every((one) => Number(actual) < Number(one)),
};

export function applies(
  statement: PolicyStatement,
  action: string,
  resource: string,
  context: RequestContext,
): boolean {
  return (
    statement.Action.some((one) => like(one, action)) &&
    statement.Resource.some((one) => like(one, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) => {
      const holds = OPERATORS[operator];
      if (!holds) throw new Error(`this evaluation knows no operator ${operator}`);
      return Object.entries(keys).every(([key, expected]) => holds(asList(expected), context[key]));
    })
  );
}

/** The sids of the statements that refuse a request. */
export function refusals(
  statements: readonly PolicyStatement[],
  action: string,
  resource: string,
  context: RequestContext,
): string[] {
  return statements
    .filter(({ Effect }) => Effect === "Deny")
    .filter((statement) => applies(statement, action, resource, context))
    .map(({ Sid }) => Sid ?? "");
}
