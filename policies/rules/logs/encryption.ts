import { ENCRYPTION } from "../../levels";
import { isCustomerKey, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "logs-1",
  title: "Log groups are encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_158"],
  suppressible: true,
  remediation: "Set kmsKeyId to a customer managed key.",
  ...requires(
    "aws:cloudwatch/logGroup:LogGroup",
    "kmsKeyId",
    isCustomerKey,
    "log events are not encrypted with a customer managed key",
  ),
});
