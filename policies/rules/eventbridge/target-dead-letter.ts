import { isSet, requires } from "../../predicates";

export default requires(
  "aws:cloudwatch/eventTarget:EventTarget",
  "deadLetterConfig.arn",
  isSet,
  "events that cannot be delivered are lost",
);
