import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "sfn-3",
  title: "State machines are encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: [],
  suppressible: true,
  remediation: "Set encryptionConfiguration with a customer managed key.",
  types: ["aws:sfn/stateMachine:StateMachine"],
  check: ({ props }) =>
    get(props, "encryptionConfiguration.type") === "CUSTOMER_MANAGED_KMS_KEY" &&
    isCustomerKey(get(props, "encryptionConfiguration.kmsKeyId"))
      ? compliant
      : violation("its definition and execution history are not encrypted with a customer managed key"),
});
