import { isCustomerKey, requires } from "../../predicates";

export default requires(
  "aws:sqs/queue:Queue",
  "kmsMasterKeyId",
  isCustomerKey,
  "messages are not encrypted with a customer managed key",
);
