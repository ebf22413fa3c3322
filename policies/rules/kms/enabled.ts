import { isTrue, shown } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:kms/key:Key"],
  // A key is enabled unless somebody says otherwise: https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html
  check: ({ props }) =>
    isTrue(props.isEnabled ?? true)
      ? compliant
      : violation(`isEnabled is ${shown(props.isEnabled)}: what it encrypts cannot be read`),
};
export default rule;
