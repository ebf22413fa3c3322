import { OTHER } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "sfn-2",
  title: "State machines trace their executions",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["cdk-nag SF2", "CKV_AWS_284"],
  suppressible: true,
  remediation: "Set tracingConfiguration.enabled to true.",
  ...requires(
    "aws:sfn/stateMachine:StateMachine",
    "tracingConfiguration.enabled",
    isTrue,
    "its executions cannot be traced",
  ),
});
