import { OTHER } from "../../levels";
import { rule } from "../../rule";
import { criticalEvents } from "./critical-events";
import { CLUSTER } from "./databases";

export default rule({
  id: "rds-15",
  title: "Maintenance and failures of clusters are sent to an event subscription",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.19"],
  suppressible: true,
  remediation: "Add an EventSubscription of db-cluster for maintenance and failure, as DatabaseEvents does.",
  ...criticalEvents([CLUSTER], "db-cluster", ["maintenance", "failure"]),
});
