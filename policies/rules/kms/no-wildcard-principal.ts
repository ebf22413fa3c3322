import { openness } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:kms/key:Key"],
  check({ props }) {
    const problem = openness(props.policy);
    return problem === undefined ? compliant : violation(problem);
  },
};
export default rule;
