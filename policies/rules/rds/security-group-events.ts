import { CLUSTER, criticalEvents, INSTANCE } from "./critical-events";

export default criticalEvents([INSTANCE, CLUSTER], "db-security-group", ["configuration change", "failure"]);
