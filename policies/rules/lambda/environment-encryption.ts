import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "lambda-6",
  title: "Functions encrypt their environment variables",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_173"],
  suppressible: true,
  remediation: "Set kmsKeyArn to a customer managed key.",
  types: ["aws:lambda/function:Function"],
  check({ props }) {
    if (Object.keys((get(props, "environment.variables") ?? {}) as object).length === 0)
      return notApplicable("it has no environment variables");
    return isCustomerKey(props.kmsKeyArn)
      ? compliant
      : violation("its environment variables are not encrypted with a customer managed key");
  },
});
