import { isTrue, requires } from "../../predicates";

export default requires(
  "aws:sfn/stateMachine:StateMachine",
  "tracingConfiguration.enabled",
  isTrue,
  "its executions cannot be traced",
);
