import type { ArgumentCheck } from "../../core/validate";
import { dailyWindow, weeklyWindow, windowsOverlap } from "../../core/windows";

const DAY = 24 * 60;
/** The shortest window: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html. */
const MIN_MINUTES = 30;

/** Checks that backup and maintenance windows are long enough and never open at the same time. */
export function checkWindows(backup: string, maintenance: string, check: ArgumentCheck): void {
  const daily = dailyWindow(backup);
  check.require(daily !== undefined, "backup.window", backup, "hh:mm-hh:mm in UTC, e.g. 01:00-02:00");
  const weekly = weeklyWindow(maintenance);
  const form = "ddd:hh:mm-ddd:hh:mm in UTC, e.g. sun:03:00-sun:04:00";
  check.require(weekly !== undefined, "maintenance.window", maintenance, form);
  if (!daily || !weekly) return;
  check.require(daily.minutes >= MIN_MINUTES, "backup.window", backup, `${MIN_MINUTES} minutes at least`);
  check.require(
    weekly.minutes >= MIN_MINUTES && weekly.minutes < DAY,
    "maintenance.window",
    maintenance,
    `${MIN_MINUTES} minutes at least and less than a day`,
  );
  check.require(
    !windowsOverlap(daily, weekly),
    "maintenance.window",
    maintenance,
    `a window that does not overlap the daily backup (${backup})`,
  );
}
