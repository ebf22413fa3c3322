import { OTHER } from "../../levels";
import { equals, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "lambda-5",
  title: "Functions trace their invocations",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["CKV_AWS_50"],
  suppressible: true,
  remediation: "Set tracingConfig.mode to Active.",
  ...requires(
    "aws:lambda/function:Function",
    "tracingConfig.mode",
    equals("Active"),
    "its invocations cannot be traced",
  ),
});
