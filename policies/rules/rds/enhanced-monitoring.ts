import { atLeast, isSet, shown } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CLUSTER, hasStandbys, INSTANCE, MEMBER } from "./databases";

const rule: Rule = {
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ type, props }) {
    if (type === CLUSTER && !hasStandbys(props)) return notApplicable("its instances are monitored");
    const { monitoringInterval, monitoringRoleArn } = props;
    if (!atLeast(1)(monitoringInterval)) {
      return violation(`monitoringInterval is ${shown(monitoringInterval)}: nobody sees its operating system`);
    }
    return isSet(monitoringRoleArn) ? compliant : violation("monitoringRoleArn is not set: figures cannot be written");
  },
};
export default rule;
