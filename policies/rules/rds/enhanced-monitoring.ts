import { OTHER } from "../../levels";
import { atLeast, isSet, shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, hasStandbys, INSTANCE, MEMBER } from "./databases";

export default rule({
  id: "rds-11",
  title: "The operating system of databases is monitored",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.6", "CKV_AWS_118"],
  suppressible: true,
  remediation: "Set monitoringInterval and monitoringRoleArn.",
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ type, props }) {
    if (type === CLUSTER && !hasStandbys(props)) return notApplicable("its instances are monitored");
    const { monitoringInterval, monitoringRoleArn } = props;
    if (!atLeast(1)(monitoringInterval)) {
      return violation(`monitoringInterval is ${shown(monitoringInterval)}: its operating system is not monitored`);
    }
    return isSet(monitoringRoleArn)
      ? compliant
      : violation("monitoringRoleArn is not set: measurements cannot be written");
  },
});
