import { GENERATED_SUFFIX } from "../../../components/core/names";
import type { RecordedResource } from "../../recorded";
import { valuesAt } from "../inputs";
import type { LintProblem } from "../lint";
import { COUNTS, policyLength, type CountLimit } from "./counts";
import { NAMES, type NameLimit } from "./names";
import { SIZES, type SizeLimit, type Unit } from "./sizes";
import { tagProblems } from "./tags";
import { vendedLogs } from "./vended-logs";

/** The characters that the provider adds to a prefix of a name. */
const ADDED_TO_PREFIX = 26;
const FIFO = ".fifo";

const sizesByType = byType(SIZES);
const countsByType = byType(COUNTS);

/** Reports names, sizes and numbers of resources that exceed what AWS accepts. It is linear in the number of resources. */
export function quotas(resources: readonly RecordedResource[]): readonly LintProblem[] {
  const totals = new Map<CountLimit, Map<string, number>>();
  const problems = resources.flatMap((resource) => [
    ...nameProblems(resource, NAMES[resource.type]),
    ...(sizesByType.get(resource.type) ?? []).flatMap((limit) => sizeProblems(resource, limit)),
    ...(countsByType.get(resource.type) ?? []).flatMap((limit) => countProblems(resource, limit, totals)),
  ]);
  return [...problems, ...tagProblems(resources), ...vendedLogs(resources)];
}

function byType<T extends { readonly type: string; readonly also?: readonly string[] }>(
  limits: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const limit of limits)
    for (const type of [limit.type, ...(limit.also ?? [])]) found.set(type, [...(found.get(type) ?? []), limit]);
  return found;
}

const problem = (
  { urn, type, name }: RecordedResource,
  message: string,
  remedy: string,
  source: string,
): LintProblem => ({ lint: "quotas", resource: { urn, type, name }, message, remedy, source });

const figure = (amount: number): string => amount.toLocaleString("en-US");

function nameProblems(resource: RecordedResource, limit: NameLimit | undefined): LintProblem[] {
  if (!limit) return [];
  const { property, prefix, max, added = "", fifo, source } = limit;
  const { inputs, name } = resource;
  const ending = fifo !== undefined && inputs[fifo] === true ? FIFO.length : 0;
  const given = inputs[property] as unknown;
  const start = prefix === undefined ? undefined : (inputs[prefix] as unknown);
  const [what, length, remedy] =
    given !== undefined
      ? [property, textLength(given, added), `Shorten ${property}.`]
      : start !== undefined
        ? [
            `the name generated from ${prefix}`,
            textLength(start, added) + ADDED_TO_PREFIX + ending,
            `Shorten ${prefix}.`,
          ]
        : [
            `the generated ${property}`,
            name.length + GENERATED_SUFFIX + ending,
            `Shorten the resource's name, or set ${property}.`,
          ];
  if (length <= max) return [];
  const message = `${what} has ${length} characters, and at most ${max} are allowed`;
  return [problem(resource, message, remedy, source)];
}

const textLength = (value: unknown, added: string): number =>
  typeof value === "string" ? value.length - (value.startsWith(added) ? added.length : 0) : 0;

const MEASURES: Readonly<Record<Unit, (value: unknown) => number>> = {
  characters: (value) => text(value).length,
  bytes: (value) => Buffer.byteLength(text(value)),
  entries: (value) => Object.keys(value as object).length,
  "characters without white space": policyLength,
  statements: (value) => statementsOf(text(value)),
};

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Counts the statements of a policy document; a text that is no document has none. */
function statementsOf(document: string): number {
  try {
    const { Statement: statements } = JSON.parse(document) as { Statement?: unknown };
    return Array.isArray(statements) ? statements.length : 1;
  } catch {
    return 0;
  }
}

function sizeProblems(resource: RecordedResource, { path, max, unit, source }: SizeLimit): LintProblem[] {
  return valuesAt(resource.inputs, path).flatMap(({ value, at }) => {
    const amount = MEASURES[unit](value);
    if (amount <= max) return [];
    const message = `${at} has ${figure(amount)} ${unit}, and at most ${figure(max)} are allowed`;
    return [problem(resource, message, `Shorten ${at}.`, source)];
  });
}

function countProblems(
  resource: RecordedResource,
  limit: CountLimit,
  totals: Map<CountLimit, Map<string, number>>,
): LintProblem[] {
  const {
    what,
    per,
    key = () => "",
    weight = () => 1,
    max,
    remedy = "Use fewer, or ask AWS for a higher quota.",
    source,
  } = limit;
  const owner = key(resource.inputs);
  if (owner === undefined) return [];
  let counted = totals.get(limit);
  if (!counted) totals.set(limit, (counted = new Map<string, number>()));
  const before = counted.get(owner) ?? 0;
  const after = before + weight(resource.inputs);
  counted.set(owner, after);
  // A quota is reported once, for the resource that exceeds it.
  if (before > max || after <= max) return [];
  const place = per === undefined ? "the account" : `the ${per} ${owner}`;
  return [
    problem(
      resource,
      `with this resource ${place} has ${figure(after)} ${what}, and at most ${figure(max)} are allowed`,
      remedy,
      source,
    ),
  ];
}
