import type { Row } from "../generic/row";
import { withShortId } from "../generic/wrap";

export const EVENTS: readonly Row[] = [
  {
    type: "aws:cloudwatch/eventBus:EventBus",
    service: "EventBridge",
    create: "CreateEventBus",
    id: "{name}",
    read: { operation: "DescribeEventBus", item: "." },
    update: ["UpdateEventBus"],
    delete: "DeleteEventBus",
    replaceOn: ["name", "eventSourceName"],
    keeps: ["name"],
    autoname: { property: "name", maxLength: 256 },
  },
  {
    type: "aws:cloudwatch/eventRule:EventRule",
    service: "EventBridge",
    create: "PutRule",
    id: "{eventBusName}/{name}",
    read: { operation: "DescribeRule", item: "." },
    update: ["PutRule"],
    delete: { operation: "DeleteRule", with: { Force: true } },
    sends: { state: "ENABLED" },
    cleared: ["description", "eventPattern", "scheduleExpression", "roleArn"],
    replaceOn: ["name", "namePrefix", "eventBusName"],
    defaults: { state: "ENABLED", eventBusName: "default" },
    keeps: ["name"],
    documents: ["eventPattern"],
    settings: ["forceDestroy"],
    refuses: { isEnabled: "use state" },
    autoname: { property: "name", prefix: "namePrefix", maxLength: 64 },
    check: ({ eventPattern, scheduleExpression }) =>
      eventPattern === undefined && scheduleExpression === undefined
        ? [{ property: "eventPattern", reason: "an event pattern or a schedule expression is needed" }]
        : [],
    // AWS's provider leaves the default bus out of the id.
    wrap: withShortId(
      (id) => id.replace(/^(default)?\//, ""),
      (id) => (id.includes("/") ? id : `default/${id}`),
    ),
  },
];
