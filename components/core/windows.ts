/** Maintenance and backup windows as AWS writes them, in UTC. */

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = 24 * 60;
const WEEK = 7 * DAY;

const TIME = "([01]\\d|2[0-3]):([0-5]\\d)";
const DAILY = new RegExp(`^${TIME}-${TIME}$`);
const WEEKLY = new RegExp(`^(${DAYS.join("|")}):${TIME}-(${DAYS.join("|")}):${TIME}$`);

/** When a window begins, counted from Monday, 00:00 UTC, and how long it is. */
export interface Span {
  readonly startMinute: number;
  readonly minutes: number;
}

const minutesOf = (hours = "", minutes = ""): number => Number(hours) * 60 + Number(minutes);
const distance = (start: number, end: number, round: number): number => (((end - start) % round) + round) % round;

/** Reads a window such as `01:00-02:00`. */
export function dailyWindow(text: string): Span | undefined {
  const match = DAILY.exec(text);
  if (!match) return undefined;
  const startMinute = minutesOf(match[1], match[2]);
  return { startMinute, minutes: distance(startMinute, minutesOf(match[3], match[4]), DAY) };
}

/** Reads a window such as `sun:03:00-sun:04:00`. */
export function weeklyWindow(text: string): Span | undefined {
  const match = WEEKLY.exec(text);
  if (!match) return undefined;
  const startMinute = DAYS.indexOf(match[1] ?? "") * DAY + minutesOf(match[2], match[3]);
  const end = DAYS.indexOf(match[4] ?? "") * DAY + minutesOf(match[5], match[6]);
  return { startMinute, minutes: distance(startMinute, end, WEEK) };
}

/** Whether a daily and a weekly window are ever open at the same time. Both may last over the end of the week. */
export function windowsOverlap(daily: Span, weekly: Span): boolean {
  return DAYS.some((_, day) => {
    const nightly = daily.startMinute + day * DAY;
    return (
      distance(nightly, weekly.startMinute, WEEK) < daily.minutes ||
      distance(weekly.startMinute, nightly, WEEK) < weekly.minutes
    );
  });
}
