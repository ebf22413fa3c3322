import type { Row } from "../generic/row";

const autoname = { property: "name", prefix: "namePrefix", maxLength: 64 };

export const SCHEDULER: readonly Row[] = [
  {
    type: "aws:scheduler/scheduleGroup:ScheduleGroup",
    service: "Scheduler",
    create: "CreateScheduleGroup",
    id: "{name}",
    read: { operation: "GetScheduleGroup", item: "." },
    delete: "DeleteScheduleGroup",
    replaceOn: ["name", "namePrefix"],
    keeps: ["name"],
    autoname,
  },
  {
    type: "aws:scheduler/schedule:Schedule",
    service: "Scheduler",
    create: "CreateSchedule",
    id: "{groupName}/{name}",
    read: { operation: "GetSchedule", item: "." },
    update: ["UpdateSchedule"],
    delete: "DeleteSchedule",
    replaceOn: ["groupName", "name", "namePrefix"],
    defaults: {
      groupName: "default",
      scheduleExpressionTimezone: "UTC",
      state: "ENABLED",
      actionAfterCompletion: "NONE",
    },
    keeps: ["name"],
    cleared: ["description", "startDate", "endDate", "kmsKeyArn"],
    autoname,
  },
];
