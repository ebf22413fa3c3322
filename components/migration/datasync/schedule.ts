import { z } from "zod";
import { scheduleProblems } from "../../../contracts/schedule";

const ALLOWED =
  'once an hour or slower: "rate(2 hours)", "rate(1 day)", or "cron(…)" with one minute, e.g. "cron(30 * * * ? *)". DataSync tasks run at most hourly; they are no replication';

/** DataSync takes no schedule faster than hourly: https://docs.aws.amazon.com/datasync/latest/userguide/task-scheduling.html. */
export const schedule = z
  .string()
  .refine(isHourlyAtMost, ALLOWED)
  .optional()
  .describe(
    "When the transfer runs: `rate(…)` or `cron(…)`, UTC, once an hour at most. An operator starts it when unset.",
  );

export function isHourlyAtMost(expression: string): boolean {
  if (scheduleProblems(expression).length > 0) return false;
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const [, count = "0", unit] = rate;
    const minutes = Number(count) * { minute: 1, hour: 60, day: 1440 }[unit as "minute" | "hour" | "day"];
    return minutes >= 60;
  }
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  const [minute = "", hour = "", ...rest] = fields?.trim().split(/\s+/) ?? [];
  // Six fields, and one minute of the hour.
  return rest.length === 4 && hour !== "" && /^([0-5]?\d)$/.test(minute);
}

/** Returns the same schedule half an hour later, so that the way back begins when the way there is usually done. */
export function halfAnHourLater(expression: string | undefined): string | undefined {
  const [, minute, rest] = /^cron\((\d+)\s+(.+)\)$/.exec(expression ?? "") ?? [];
  return minute === undefined ? expression : `cron(${(Number(minute) + 30) % 60} ${rest})`;
}
