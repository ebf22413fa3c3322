import { criticalEvents } from "./critical-events";

export default criticalEvents(
  ["aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/parameterGroup:ParameterGroup"],
  "db-parameter-group",
  ["configuration change"],
);
