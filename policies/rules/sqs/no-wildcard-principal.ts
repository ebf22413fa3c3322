import { isSet, openness } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const QUEUE = "aws:sqs/queue:Queue";

const rule: Rule = {
  types: [QUEUE, "aws:sqs/queuePolicy:QueuePolicy"],
  check({ type, props }) {
    if (type === QUEUE && !isSet(props.policy)) return notApplicable("it has no policy of its own");
    const problem = openness(props.policy);
    return problem === undefined ? compliant : violation(problem);
  },
};
export default rule;
