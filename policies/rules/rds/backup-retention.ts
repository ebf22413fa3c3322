import { atLeast, shown } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CLUSTER, INSTANCE, isReplica } from "./databases";

const LEAST = 7;
const LEAST_IN_PROD = 14;

const rule: Rule = {
  types: [INSTANCE, CLUSTER],
  check(resource, { environment }) {
    if (isReplica(resource)) return notApplicable("its source is backed up");
    const least = ["dev", "local"].includes(environment) ? LEAST : LEAST_IN_PROD;
    const { backupRetentionPeriod: days } = resource.props;
    return atLeast(least)(days)
      ? compliant
      : violation(`backupRetentionPeriod is ${shown(days)}: recovery reaches back less than ${least} days`);
  },
};
export default rule;
