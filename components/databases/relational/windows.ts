import type { ArgumentCheck } from "../../core/validate";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = 24 * 60;
const WEEK = 7 * DAY;
/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const LEAST_MINUTES = 30;

const TIME = "([01]\\d|2[0-3]):([0-5]\\d)";
const BACKUP = new RegExp(`^${TIME}-${TIME}$`);
const MAINTENANCE = new RegExp(`^(${DAYS.join("|")}):${TIME}-(${DAYS.join("|")}):${TIME}$`);

interface Span {
  /** Minutes since Monday, 00:00 UTC. */
  readonly start: number;
  readonly minutes: number;
}

/** Backup and maintenance windows, both UTC: each half an hour at least, and never at the same time. */
export function checkWindows(backup: string, maintenance: string, check: ArgumentCheck): void {
  const daily = BACKUP.exec(backup);
  check.require(daily !== null, "backup.window", backup, "hh:mm-hh:mm in UTC, e.g. 01:00-02:00");
  const weekly = MAINTENANCE.exec(maintenance);
  check.require(
    weekly !== null,
    "maintenance.window",
    maintenance,
    "ddd:hh:mm-ddd:hh:mm in UTC, e.g. sun:03:00-sun:04:00",
  );
  if (!daily || !weekly) return;

  const start = minutesOf(daily[1], daily[2]);
  const nightly = { start, minutes: length(start, minutesOf(daily[3], daily[4]), DAY) };
  check.require(nightly.minutes >= LEAST_MINUTES, "backup.window", backup, `${LEAST_MINUTES} minutes at least`);

  const begin = DAYS.indexOf(weekly[1] ?? "") * DAY + minutesOf(weekly[2], weekly[3]);
  const end = DAYS.indexOf(weekly[4] ?? "") * DAY + minutesOf(weekly[5], weekly[6]);
  const week = { start: begin, minutes: length(begin, end, WEEK) };
  const fits = week.minutes >= LEAST_MINUTES && week.minutes < DAY;
  check.require(fits, "maintenance.window", maintenance, `${LEAST_MINUTES} minutes at least and less than a day`);

  const overlapping = DAYS.some((_, day) => overlap({ ...nightly, start: nightly.start + day * DAY }, week));
  check.require(
    !overlapping,
    "maintenance.window",
    maintenance,
    `a window that does not overlap the daily backup (${backup})`,
  );
}

const minutesOf = (hours = "", minutes = ""): number => Number(hours) * 60 + Number(minutes);
const length = (start: number, end: number, round: number): number => (((end - start) % round) + round) % round;

/** Both may run over the week's end. */
function overlap(one: Span, other: Span): boolean {
  const distance = (from: Span, to: Span): number => length(from.start, to.start, WEEK);
  return distance(one, other) < one.minutes || distance(other, one) < other.minutes;
}
