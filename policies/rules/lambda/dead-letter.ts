import { isSet, requires } from "../../predicates";

export default requires(
  "aws:lambda/function:Function",
  "deadLetterConfig.targetArn",
  isSet,
  "events that cannot be handled are lost",
);
