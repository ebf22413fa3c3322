import { isSet } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:iam/role:Role", "aws:iam/user:User"],
  check({ props }, { settings }) {
    if (!settings.permissionsBoundaryRequired) return notApplicable("the environment asks for no permissions boundary");
    return isSet(props.permissionsBoundary) ? compliant : violation("it has no permissions boundary");
  },
};
export default rule;
