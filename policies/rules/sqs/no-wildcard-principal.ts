import { OTHER } from "../../levels";
import { isSet, openness } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

const QUEUE = "aws:sqs/queue:Queue";

export default rule({
  id: "sqs-3",
  title: "Queues are not public",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP SQS.3", "CKV_AWS_168"],
  suppressible: false,
  remediation: "Name the principals, or restrict * by a condition such as aws:SourceAccount.",
  types: [QUEUE, "aws:sqs/queuePolicy:QueuePolicy"],
  check({ type, props }) {
    if (type === QUEUE && !isSet(props.policy)) return notApplicable("it has no policy of its own");
    const problem = openness(props.policy);
    return problem === undefined ? compliant : violation(problem);
  },
});
