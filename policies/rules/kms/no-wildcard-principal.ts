import { allowsAnybody, statements } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:kms/key:Key"],
  check({ props }) {
    if (statements(props.policy).length === 0) return violation("it has no key policy that can be read");
    return allowsAnybody(props.policy)
      ? violation("its policy lets anybody (*) use it without a condition on account or source")
      : compliant;
  },
};
export default rule;
