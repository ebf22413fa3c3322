import { get, isCustomerKey } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:kinesis/stream:Stream"],
  check: ({ props }) =>
    get(props, "encryptionType") === "KMS" && isCustomerKey(get(props, "kmsKeyId"))
      ? compliant
      : violation("records are not encrypted with a customer managed key"),
};
export default rule;
