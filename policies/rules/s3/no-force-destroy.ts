import { BUCKET, isTrue } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: [BUCKET],
  check: ({ props }) =>
    isTrue(props.forceDestroy)
      ? violation("forceDestroy is true: destroying the stack deletes every object")
      : compliant,
};
export default rule;
