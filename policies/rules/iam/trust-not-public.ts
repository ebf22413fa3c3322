import { openness } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:iam/role:Role"],
  check({ props }) {
    const problem = openness(props.assumeRolePolicy);
    return problem === undefined ? compliant : violation(`anybody may assume it: ${problem}`);
  },
};
export default rule;
