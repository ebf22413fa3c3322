import { get, isSet } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:sfn/stateMachine:StateMachine"],
  check: ({ props }) =>
    get(props, "loggingConfiguration.level") === "ALL" && isSet(get(props, "loggingConfiguration.logDestination"))
      ? compliant
      : violation("it does not log all events to a log group"),
};
export default rule;
