import { isTrue } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { CLUSTER, INSTANCE } from "./databases";

const rule: Rule = {
  types: [INSTANCE, CLUSTER],
  check: ({ props }) =>
    isTrue(props.copyTagsToSnapshot)
      ? compliant
      : violation("nobody knows whose its snapshots are: copyTagsToSnapshot is not true"),
};
export default rule;
