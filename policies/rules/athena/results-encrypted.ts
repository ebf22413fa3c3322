import { get, isCustomerKey } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:athena/workgroup:Workgroup"],
  check({ props }) {
    const encryption = get(props, "configuration.resultConfiguration.encryptionConfiguration");
    return ["SSE_KMS", "CSE_KMS"].includes(String(get(encryption, "encryptionOption"))) &&
      isCustomerKey(get(encryption, "kmsKeyArn"))
      ? compliant
      : violation("query results are not encrypted with a customer managed key");
  },
};
export default rule;
