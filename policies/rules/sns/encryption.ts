import { ENCRYPTION } from "../../levels";
import { isCustomerKey, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "sns-1",
  title: "Topics are encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP SNS.1", "CKV_AWS_26"],
  suppressible: true,
  remediation: "Set kmsMasterKeyId to a customer managed key.",
  ...requires(
    "aws:sns/topic:Topic",
    "kmsMasterKeyId",
    isCustomerKey,
    "messages are not encrypted with a customer managed key",
  ),
});
