import { isTrue, requires } from "../../predicates";

export default requires(
  "aws:dynamodb/table:Table",
  "pointInTimeRecovery.enabled",
  isTrue,
  "lost data cannot be restored",
);
