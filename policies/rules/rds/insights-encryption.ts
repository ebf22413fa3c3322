import { isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CLUSTER, INSTANCE, MEMBER } from "./databases";

const rule: Rule = {
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ props }) {
    if (!isTrue(props.performanceInsightsEnabled)) return notApplicable("Performance Insights is off");
    return isCustomerKey(props.performanceInsightsKmsKeyId)
      ? compliant
      : violation("Performance Insights, which keeps texts of queries, is not encrypted with a customer managed key");
  },
};
export default rule;
