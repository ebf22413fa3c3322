import { allowsAnybody, isSet } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:cloudwatch/eventBusPolicy:EventBusPolicy", "aws:cloudwatch/eventPermission:EventPermission"],
  check: ({ props }) =>
    allowsAnybody(props.policy) || (props.principal === "*" && !isSet(props.condition))
      ? violation("anybody may put events on the bus")
      : compliant,
};
export default rule;
