import { get, isCustomerKey } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:lambda/function:Function"],
  check({ props }) {
    if (Object.keys((get(props, "environment.variables") ?? {}) as object).length === 0)
      return notApplicable("it has no environment variables");
    return isCustomerKey(props.kmsKeyArn)
      ? compliant
      : violation("its environment is not encrypted with a customer managed key");
  },
};
export default rule;
