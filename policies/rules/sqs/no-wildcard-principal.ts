import { allowsAnybody } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"],
  check({ props }) {
    if (props.policy === undefined) return notApplicable("it has no policy of its own");
    return allowsAnybody(props.policy)
      ? violation("its policy lets anybody (*) in without a condition on account or source")
      : compliant;
  },
};
export default rule;
