import { isSet } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:lambda/permission:Permission"],
  check({ props }) {
    if (!/\.amazonaws\.com/.test(String(props.principal))) return notApplicable("the principal is no AWS service");
    return isSet(props.sourceArn) || isSet(props.sourceAccount)
      ? compliant
      : violation("the service may invoke it on behalf of any account: sourceArn is not set");
  },
};
export default rule;
