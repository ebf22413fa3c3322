import { OTHER } from "../../levels";
import { isSet, openness } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

const TOPIC = "aws:sns/topic:Topic";

export default rule({
  id: "sns-3",
  title: "Topics are not public",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP SNS.4", "CKV_AWS_169"],
  suppressible: false,
  remediation: "Name the principals, or restrict * by a condition such as aws:SourceAccount.",
  types: [TOPIC, "aws:sns/topicPolicy:TopicPolicy"],
  check({ type, props }) {
    if (type === TOPIC && !isSet(props.policy)) return notApplicable("it has no policy of its own");
    const problem = openness(props.policy);
    return problem === undefined ? compliant : violation(problem);
  },
});
