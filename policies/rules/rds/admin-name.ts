import { OTHER } from "../../levels";
import { isSet, shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, isReplica } from "./databases";

const COMMON_NAMES = ["admin", "administrator", "awsuser", "master", "mysql", "postgres", "root", "sa", "user"];

export default rule({
  id: "rds-19",
  title: "Database administrators do not have a default user name",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.24", "FSBP RDS.25"],
  suppressible: true,
  remediation: "Choose a username that is not a common default.",
  types: [INSTANCE, CLUSTER],
  check(resource) {
    const { props } = resource;
    const restored = [props.snapshotIdentifier, props.restoreToPointInTime, props.globalClusterIdentifier].some(isSet);
    const name = props.username ?? props.masterUsername;
    if (!isSet(name) && (isReplica(resource) || restored)) return notApplicable("its source sets its administrator");
    return isSet(name) && !COMMON_NAMES.includes(String(name).toLowerCase())
      ? compliant
      : violation(`its administrator is called ${shown(name)}, which is a name that attackers try first`);
  },
});
