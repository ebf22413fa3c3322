import { criticalEvents, INSTANCE } from "./critical-events";

export default criticalEvents([INSTANCE], "db-instance", ["maintenance", "configuration change", "failure"]);
