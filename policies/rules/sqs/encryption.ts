import { ENCRYPTION } from "../../levels";
import { isCustomerKey, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "sqs-1",
  title: "Queues are encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP SQS.1", "CKV_AWS_27"],
  suppressible: true,
  remediation: "Set kmsMasterKeyId to a customer managed key.",
  ...requires(
    "aws:sqs/queue:Queue",
    "kmsMasterKeyId",
    isCustomerKey,
    "messages are not encrypted with a customer managed key",
  ),
});
