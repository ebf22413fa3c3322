import { OTHER } from "../../levels";
import { rule } from "../../rule";
import { criticalEvents } from "./critical-events";
import { INSTANCE } from "./databases";

export default rule({
  id: "rds-16",
  title: "Maintenance, failures and changes of instances are sent to an event subscription",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.20"],
  suppressible: true,
  remediation:
    "Add an EventSubscription of db-instance for maintenance, configuration change and failure, as DatabaseEvents does.",
  ...criticalEvents([INSTANCE], "db-instance", ["maintenance", "configuration change", "failure"]),
});
