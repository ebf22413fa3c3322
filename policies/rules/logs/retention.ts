import { isSet, requires } from "../../predicates";

export default requires(
  "aws:cloudwatch/logGroup:LogGroup",
  "retentionInDays",
  isSet,
  "log events are kept, and paid for, for ever",
);
