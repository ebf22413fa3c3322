import { levelIn, type Level } from "./levels";
import type { Rule } from "./rule";
import { RULES } from "./rules";

/** A rule and the path of its file under `rules/`. */
export interface TableRow extends Rule {
  readonly path: string;
}

const [serviceOf, numberOf] = [
  ({ path }: TableRow): string => path.split("/")[0] ?? path,
  ({ id }: TableRow): number => Number(id.split("-").at(-1)),
];

/** Every rule, sorted by service and number. */
export const TABLE: readonly TableRow[] = Object.entries(RULES)
  .map(([path, rule]) => ({ path, ...rule }))
  .sort((one, other) => serviceOf(one).localeCompare(serviceOf(other)) || numberOf(one) - numberOf(other));

/** The name of a rule in the engine: its path with a hyphen. */
export const engineName = ({ path }: TableRow): string => path.replace("/", "-");

export const levelOf = ({ levels }: TableRow, environment: string): Level => levelIn(levels, environment);
