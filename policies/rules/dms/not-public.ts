import { compliant, violation, type Rule } from "../../rule";
import { INSTANCE, PROFILE } from "./migrations";

/** Unset is yes for a profile, and was yes for instances in older providers. */
const rule: Rule = {
  types: [INSTANCE, PROFILE],
  check: ({ props }) =>
    props.publiclyAccessible === false
      ? compliant
      : violation("it may have an address on the internet: publiclyAccessible is not false"),
};
export default rule;
