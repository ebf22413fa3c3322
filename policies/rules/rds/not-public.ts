import { isTrue } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { INSTANCE, MEMBER } from "./databases";

/** Unset is no with AWS's provider. */
const rule: Rule = {
  types: [INSTANCE, MEMBER],
  check: ({ props }) => (isTrue(props.publiclyAccessible) ? violation("it has an address on the internet") : compliant),
};
export default rule;
