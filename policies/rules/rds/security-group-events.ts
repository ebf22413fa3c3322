import { OTHER } from "../../levels";
import { rule } from "../../rule";
import { criticalEvents } from "./critical-events";
import { CLUSTER, INSTANCE } from "./databases";

export default rule({
  id: "rds-18",
  title: "Changes of database security groups are sent to an event subscription",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.22"],
  suppressible: true,
  remediation:
    "Add an EventSubscription of db-security-group for configuration change and failure, as DatabaseEvents does.",
  ...criticalEvents([INSTANCE, CLUSTER], "db-security-group", ["configuration change", "failure"]),
});
