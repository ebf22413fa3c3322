import { isCustomerKey, requires } from "../../predicates";

export default requires(
  "aws:sns/topic:Topic",
  "kmsMasterKeyId",
  isCustomerKey,
  "messages are not encrypted with a customer managed key",
);
