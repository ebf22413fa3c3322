import { isSet, openness } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const POLICY = "aws:cloudwatch/eventBusPolicy:EventBusPolicy";

const rule: Rule = {
  types: [POLICY, "aws:cloudwatch/eventPermission:EventPermission"],
  check({ type, props }) {
    if (type === POLICY) {
      const problem = openness(props.policy);
      return problem === undefined ? compliant : violation(`anybody may put events on the bus: ${problem}`);
    }
    if (!isSet(props.principal)) return violation("principal is not set: nobody knows who may put events on the bus");
    return props.principal === "*" && !isSet(props.condition)
      ? violation("anybody may put events on the bus")
      : compliant;
  },
};
export default rule;
