import { CLUSTER, criticalEvents } from "./critical-events";

export default criticalEvents([CLUSTER], "db-cluster", ["maintenance", "failure"]);
