import assert from "node:assert/strict";
import { cronProblems, scheduleProblems } from "../../contracts/schedule";

describe("the schedules that AWS accepts", () => {
  for (const expression of [
    "cron(30 4 * * ? *)",
    "cron(0 10 ? * MON-FRI *)",
    "cron(0/15 8-17 ? JAN-MAR,DEC 2#1 2026-2030)",
    "cron(0 18 L * ? *)",
    "cron(0 18 3W * ? *)",
    "cron(0 18 LW * ? *)",
    "cron(0 18 ? * FRIL *)",
    "cron(0 18 ? * L *)",
    "cron(*/5 * 1,15 * ? 2199)",
    "rate(1 minute)",
    "rate(12 hours)",
    "rate(1 day)",
  ]) {
    it(`are taken: ${expression}`, () => assert.deepEqual(scheduleProblems(expression), []));
  }

  const cases: readonly (readonly [expression: string, ...problems: RegExp[]])[] = [
    ["cron(30 4 * * * *)", /must have \? for either the day of the month or the day of the week/],
    ["cron(30 4 ? * ? *)", /must have \? for either/],
    ["cron(30 4 1 * MON *)", /must have \? for either/],
    ["cron(30 4 * * ?)", /six fields .* and has 5/],
    ["cron(0 30 4 * * ? *)", /six fields .* and has 7/],
    ["cron(60 24 * * ? *)", /minute "60" must be from 0 to 59/, /hour "24" must be from 0 to 23/],
    ["cron(0 0 32 13 ? 1969)", /day of the month "32"/, /month "13" must be from 1 to 12 or JAN to DEC/, /year "1969"/],
    ["cron(0 0 0 * ? *)", /day of the month "0" must be from 1 to 31/],
    ["cron(0 0 32W * ? *)", /day of the month "32W"/],
    ["cron(0 0 ? * 8 *)", /day of the week "8" must be from 1 to 7 or SUN to SAT/],
    ["cron(0 0 ? * 0 *)", /day of the week "0"/],
    ["cron(0 0 ? * MONDAY *)", /day of the week "MONDAY"/],
    ["cron(0 0 ? * 3#6 *)", /day of the week "3#6"/],
    ["cron(0 0 ? * 2#1,6#3 *)", /# beside other values/],
    ["cron(0 0 ? * 1/2 *)", /must not have steps/],
    ["cron(0 0 ?,3 * ? *)", /\? beside other values/],
    ["cron(*/0 * * * ? *)", /minute "\*\/0"/],
    ["cron(*/90 * * * ? *)", /minute "\*\/90"/],
    ["cron(1-2-3 * * * ? *)", /minute "1-2-3"/],
    ["cron(L * * * ? *)", /minute "L"/],
    ["cron(? 4 * * ? *)", /minute "\?"/],
    ["cron(5, 4 * * ? *)", /minute "5,"/],
    ["rate(1 minutes)", /must have the unit minute$/],
    ["rate(5 minute)", /must have the unit minutes$/],
    ["rate(0 days)", /must be 1 or more/],
    ["rate(5 weeks)", /minutes, hours or days/],
    ["rate(1.5 hours)", /a whole number/],
    ["at(2026-12-24T18:00:00)", /due only once/],
    ["every day", /"every day" must be rate\(…\) or cron\(…\)/],
  ];
  for (const [expression, ...problems] of cases) {
    it(`are refused: ${expression}`, () => {
      const found = scheduleProblems(expression);
      assert.equal(found.length, problems.length, found.join("\n"));
      for (const [index, problem] of problems.entries()) assert.match(found[index] ?? "", problem);
    });
  }

  it("may have blanks around and between their fields", () => assert.deepEqual(cronProblems(" 30  4 * * ? * "), []));
});
