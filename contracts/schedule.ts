/**
 * The schedule expressions that EventBridge, EventBridge Scheduler and Glue accept:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.
 */

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** The names that stand for the numbers from `least` on. */
  readonly names?: readonly string[];
  /** The values, other than numbers, names, ranges and steps, that the field accepts. */
  readonly special?: RegExp;
  /** The field accepts no steps such as `0/15`. */
  readonly noSteps?: true;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const DAY_OF_MONTH = { name: "day of the month", least: 1, most: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ };
const DAY_OF_WEEK = {
  name: "day of the week",
  least: 1,
  most: 7,
  names: DAYS,
  special: new RegExp(`^(\\?|L|([1-7]|${DAYS.join("|")})(L|#[1-5]))$`),
  noSteps: true,
} as const;

const FIELDS: readonly Field[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  DAY_OF_MONTH,
  { name: "month", least: 1, most: 12, names: MONTHS },
  DAY_OF_WEEK,
  { name: "year", least: 1970, most: 2199 },
];

/** Lists what is wrong with the fields of a cron expression, the text within `cron(…)`. */
export function cronProblems(text: string): string[] {
  const given = text.trim().split(/\s+/);
  if (given.length !== FIELDS.length)
    return [`cron must have six fields (minute hour day month weekday year), and has ${given.length}`];
  const problems = FIELDS.flatMap((field, index) => fieldProblems(field, given[index] ?? ""));
  const [, , day, , weekday = ""] = given;
  if ((day === "?") === (weekday === "?"))
    problems.push("cron must have ? for either the day of the month or the day of the week");
  return problems;
}

function fieldProblems(field: Field, text: string): string[] {
  const { name, least, most, names, noSteps } = field;
  const parts = text.split(",");
  const allowed = `must be from ${least} to ${most}${names ? ` or ${names[0]} to ${names.at(-1)}` : ""}`;
  const about = `cron's ${name} ${JSON.stringify(text)}`;
  if (parts.length > 1 && parts.includes("?")) return [`${about} has ? beside other values, which must be alone`];
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
  if (parts.length > 1 && text.includes("#")) return [`${about} has # beside other values, which must be alone`];
  if (noSteps && text.includes("/")) return [`${about} must not have steps`];
  return parts.every((part) => isValue(field, part)) ? [] : [`${about} ${allowed}`];
}

function isValue({ least, most, names = [], special }: Field, part: string): boolean {
  if (special?.test(part)) return true;
  const [range = "", step, ...more] = part.split("/");
  if (more.length > 0) return false;
  if (step !== undefined && !(/^[1-9]\d*$/.test(step) && Number(step) <= most)) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((end) => numberOf(end, least, names));
  return ends.length <= 2 && ends.every((end) => end !== undefined && end >= least && end <= most);
}

function numberOf(text: string, least: number, names: readonly string[]): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text);
  return index === -1 ? undefined : least + index;
}

/** Lists what is wrong with the text within `rate(…)`. */
function rateProblems(text: string): string[] {
  const [, amount, unit = "", plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(text) ?? [];
  if (amount === undefined)
    return [`rate(${text}) must be a whole number and minutes, hours or days, e.g. rate(2 hours)`];
  if (Number(amount) < 1) return [`rate(${text}) must be 1 or more`];
  if ((Number(amount) === 1) === (plural === "")) return [];
  return [`rate(${text}) must have the unit ${unit}${plural ? "" : "s"}`];
}

/** Lists what is wrong with the expression of a schedule that recurs: `rate(…)` or `cron(…)`. */
export function scheduleProblems(expression: string): string[] {
  const [, kind, text = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === "rate") return rateProblems(text);
  if (kind === "cron") return cronProblems(text);
  if (kind === "at") return [`${expression} is due only once: a schedule must recur, with rate(…) or cron(…)`];
  return [`${JSON.stringify(expression)} must be rate(…) or cron(…)`];
}

/** Returns whether a text is a cron expression as AWS accepts it. */
export function isCron(text: string): boolean {
  const [, fields] = /^cron\((.*)\)$/.exec(text) ?? [];
  return fields !== undefined && cronProblems(fields).length === 0;
}
