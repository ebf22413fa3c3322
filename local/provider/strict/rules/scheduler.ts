import { scheduleProblems } from "../../../../contracts/schedule";
import { isSet, json, part, type Params, type Rule } from "./rule";

/** The targets that accept JSON only. */
const TAKES_JSON = /^arn:[^:]+:(states|lambda|events):/;
const ONCE = /^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/;

function schedule(params: Params): string[] {
  const { ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow, Target } = params;
  const expression = String(ScheduleExpression ?? "");
  const problems = ONCE.test(expression)
    ? []
    : scheduleProblems(expression).map((problem) => `ScheduleExpression: ${problem}`);
  if (isSet(ScheduleExpressionTimezone) && !isTimeZone(String(ScheduleExpressionTimezone)))
    problems.push(`ScheduleExpressionTimezone: ${JSON.stringify(ScheduleExpressionTimezone)} is no time zone`);
  const { Mode, MaximumWindowInMinutes } = part(FlexibleTimeWindow);
  if ((Mode === "FLEXIBLE") !== isSet(MaximumWindowInMinutes))
    problems.push("FlexibleTimeWindow.MaximumWindowInMinutes: is required for FLEXIBLE, and not allowed otherwise");
  const { Arn, Input, DeadLetterConfig } = part(Target);
  if (TAKES_JSON.test(String(Arn)) && isSet(Input)) problems.push(...json(Input, "Target.Input").problems);
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
  if (String(part(DeadLetterConfig).Arn).endsWith(".fifo"))
    problems.push("Target.DeadLetterConfig.Arn: must not be a FIFO queue");
  return problems;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const SCHEDULER_RULES: readonly Rule[] = [
  {
    service: "Scheduler",
    operations: ["CreateSchedule", "UpdateSchedule"],
    source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html",
    check: schedule,
  },
];
