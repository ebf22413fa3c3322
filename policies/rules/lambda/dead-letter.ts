import { OTHER } from "../../levels";
import { isSet, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "lambda-4",
  title: "Functions have a dead-letter queue",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["CKV_AWS_116"],
  suppressible: true,
  remediation: "Set deadLetterConfig.targetArn to the ARN of a queue or topic.",
  ...requires(
    "aws:lambda/function:Function",
    "deadLetterConfig.targetArn",
    isSet,
    "events that the function cannot process are lost",
  ),
});
