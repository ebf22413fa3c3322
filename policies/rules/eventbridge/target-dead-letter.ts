import { OTHER } from "../../levels";
import { isSet, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "evb-1",
  title: "Event targets have a dead-letter queue",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set deadLetterConfig.arn to the ARN of a queue.",
  ...requires(
    "aws:cloudwatch/eventTarget:EventTarget",
    "deadLetterConfig.arn",
    isSet,
    "events that cannot be delivered are lost",
  ),
});
