import { allowsAnybody, statements } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:iam/role:Role"],
  check({ props }) {
    if (statements(props.assumeRolePolicy).length === 0) return violation("it has no trust policy that can be read");
    return allowsAnybody(props.assumeRolePolicy) ? violation("anybody may assume it") : compliant;
  },
};
export default rule;
