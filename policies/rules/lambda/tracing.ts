import { equals, requires } from "../../predicates";

export default requires(
  "aws:lambda/function:Function",
  "tracingConfig.mode",
  equals("Active"),
  "its invocations cannot be traced",
);
