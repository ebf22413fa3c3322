import { isSet } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:lambda/permission:Permission"],
  check: ({ props }) =>
    !isSet(props.principal) || (props.principal === "*" && !isSet(props.principalOrgId))
      ? violation("anybody may invoke the function")
      : compliant,
};
export default rule;
