import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey, isTrue } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "ddb-1",
  title: "Tables are encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_119"],
  suppressible: true,
  remediation: "Set serverSideEncryption with a customer managed key.",
  types: ["aws:dynamodb/table:Table"],
  check: ({ props }) =>
    isTrue(get(props, "serverSideEncryption.enabled")) && isCustomerKey(get(props, "serverSideEncryption.kmsKeyArn"))
      ? compliant
      : violation("it is not encrypted with a customer managed key"),
});
