import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "athena-1",
  title: "Query results are encrypted with a customer managed key",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP Athena.1", "CKV_AWS_159"],
  suppressible: true,
  remediation: "Set SSE_KMS with a customer managed key in resultConfiguration.",
  types: ["aws:athena/workgroup:Workgroup"],
  check({ props }) {
    const encryption = get(props, "configuration.resultConfiguration.encryptionConfiguration");
    return ["SSE_KMS", "CSE_KMS"].includes(String(get(encryption, "encryptionOption"))) &&
      isCustomerKey(get(encryption, "kmsKeyArn"))
      ? compliant
      : violation("query results are not encrypted with a customer managed key");
  },
});
