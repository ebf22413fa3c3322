import { BUCKET, isSet } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: [BUCKET],
  check: ({ props }) =>
    isSet(props.forceDestroy) && props.forceDestroy !== "false"
      ? violation("forceDestroy is true: destroying the stack deletes every object")
      : compliant,
};
export default rule;
