import { get, isCustomerKey } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:sfn/stateMachine:StateMachine"],
  check: ({ props }) =>
    get(props, "encryptionConfiguration.type") === "CUSTOMER_MANAGED_KMS_KEY" &&
    isCustomerKey(get(props, "encryptionConfiguration.kmsKeyId"))
      ? compliant
      : violation("definition and execution history are not encrypted with a customer managed key"),
};
export default rule;
