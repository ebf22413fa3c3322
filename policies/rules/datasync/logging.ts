import { get, isSet } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:datasync/task:Task"],
  check({ props }) {
    if (!isSet(props.cloudwatchLogGroupArn))
      return violation("cloudwatchLogGroupArn is not set: nobody learns what failed");
    return ["BASIC", "TRANSFER"].includes(String(get(props, "options.logLevel")))
      ? compliant
      : violation("options.logLevel is neither BASIC nor TRANSFER: nothing is logged");
  },
};
export default rule;
