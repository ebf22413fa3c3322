import { OTHER } from "../../levels";
import { get, isSet } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "sfn-1",
  title: "State machines log all events",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP StepFunctions.1", "cdk-nag SF1", "CKV_AWS_285"],
  suppressible: true,
  remediation: "Set loggingConfiguration with the level ALL and a log group.",
  types: ["aws:sfn/stateMachine:StateMachine"],
  check: ({ props }) =>
    get(props, "loggingConfiguration.level") === "ALL" && isSet(get(props, "loggingConfiguration.logDestination"))
      ? compliant
      : violation("it does not log all events to a log group"),
});
