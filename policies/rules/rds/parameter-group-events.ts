import { OTHER } from "../../levels";
import { rule } from "../../rule";
import { criticalEvents } from "./critical-events";

export default rule({
  id: "rds-17",
  title: "Changes of parameter groups are sent to an event subscription",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.21"],
  suppressible: true,
  remediation: "Add an EventSubscription of db-parameter-group for configuration change, as DatabaseEvents does.",
  ...criticalEvents(
    ["aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/parameterGroup:ParameterGroup"],
    "db-parameter-group",
    ["configuration change"],
  ),
});
