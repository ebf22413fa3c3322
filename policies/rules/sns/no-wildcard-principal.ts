import { isSet, openness } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const TOPIC = "aws:sns/topic:Topic";

const rule: Rule = {
  types: [TOPIC, "aws:sns/topicPolicy:TopicPolicy"],
  check({ type, props }) {
    if (type === TOPIC && !isSet(props.policy)) return notApplicable("it has no policy of its own");
    const problem = openness(props.policy);
    return problem === undefined ? compliant : violation(problem);
  },
};
export default rule;
