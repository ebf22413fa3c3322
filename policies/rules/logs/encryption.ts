import { isCustomerKey, requires } from "../../predicates";

export default requires(
  "aws:cloudwatch/logGroup:LogGroup",
  "kmsKeyId",
  isCustomerKey,
  "log events are not encrypted with a customer managed key",
);
