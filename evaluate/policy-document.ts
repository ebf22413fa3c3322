import type { Props } from "./wire";
import { isObject, UNKNOWN, containsUnknown } from "./wire";

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const objects = (value: unknown): readonly Props[] => list(value).filter(isObject);

/** Returns a single value without a list, as IAM writes it. */
const few = (values: readonly unknown[]): unknown => (values.length === 1 ? values[0] : [...values].sort().reverse());

/** Answers `aws.iam.getPolicyDocument` with the JSON text of the policy. */
export function policyDocument(args: Props): Props {
  if (containsUnknown(args)) return { ...args, id: UNKNOWN, json: UNKNOWN, minifiedJson: UNKNOWN };
  const statements: Props[] = [];
  for (const text of list(args.sourcePolicyDocuments)) statements.push(...statementsOf(text));
  for (const statement of objects(args.statements).map(rendered)) put(statements, statement);
  for (const text of list(args.overridePolicyDocuments)) {
    for (const statement of statementsOf(text)) put(statements, statement);
  }
  const document = {
    Version: args.version ?? "2012-10-17",
    ...(args.policyId === undefined ? {} : { Id: args.policyId }),
    Statement: statements,
  };
  const json = JSON.stringify(document, null, 2);
  return { ...args, id: String(hash(json)), json, minifiedJson: JSON.stringify(document) };
}

/** Adds a statement, which replaces an earlier one with its Sid. */
function put(statements: Props[], statement: Props): void {
  const index = statement.Sid ? statements.findIndex(({ Sid }) => Sid === statement.Sid) : -1;
  if (index < 0) statements.push(statement);
  else statements[index] = statement;
}

function statementsOf(text: unknown): Props[] {
  const { Statement } = JSON.parse(String(text)) as { Statement?: unknown };
  return [...objects(Statement)];
}

function rendered(statement: Props): Props {
  const result: Record<string, unknown> = {};
  if (statement.sid) result.Sid = statement.sid;
  result.Effect = statement.effect ?? "Allow";
  const lists = { actions: "Action", notActions: "NotAction", resources: "Resource", notResources: "NotResource" };
  for (const [name, element] of Object.entries(lists)) {
    const values = list(statement[name]);
    if (values.length > 0) result[element] = few(values);
  }
  for (const [name, element] of Object.entries({ principals: "Principal", notPrincipals: "NotPrincipal" })) {
    const principals = objects(statement[name]);
    if (principals.length > 0) result[element] = principalsOf(principals);
  }
  const conditions: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of objects(statement.conditions)) {
    (conditions[String(test)] ??= {})[String(variable)] = few(list(values));
  }
  if (Object.keys(conditions).length > 0) result.Condition = conditions;
  return result;
}

function principalsOf(principals: readonly Props[]): unknown {
  const [only] = principals;
  if (principals.length === 1 && only?.type === "*" && list(only.identifiers)[0] === "*") return "*";
  const byType: Record<string, unknown[]> = {};
  for (const { type, identifiers } of principals) (byType[String(type)] ??= []).push(...list(identifiers));
  return Object.fromEntries(Object.entries(byType).map(([type, identifiers]) => [type, few(identifiers)]));
}

/** Returns a number for the text, because the provider's ids of documents are numbers. */
function hash(text: string): number {
  let value = 0;
  for (const character of text) value = (Math.imul(value, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return value;
}
