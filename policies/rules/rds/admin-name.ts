import { OTHER } from "../../levels";
import { isSet, shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, isReplica } from "./databases";

const EVERYBODY_TRIES = ["admin", "administrator", "awsuser", "master", "mysql", "postgres", "root", "sa", "user"];

export default rule({
  id: "rds-19",
  title: "Administrators of databases are not called as everybody guesses",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.24", "FSBP RDS.25"],
  suppressible: true,
  remediation: "Choose another username.",
  types: [INSTANCE, CLUSTER],
  check(resource) {
    const { props } = resource;
    const restored = [props.snapshotIdentifier, props.restoreToPointInTime, props.globalClusterIdentifier].some(isSet);
    const name = props.username ?? props.masterUsername;
    if (!isSet(name) && (isReplica(resource) || restored)) return notApplicable("its origin brings its administrator");
    return isSet(name) && !EVERYBODY_TRIES.includes(String(name).toLowerCase())
      ? compliant
      : violation(`its administrator is called ${shown(name)}, as everybody tries first`);
  },
});
