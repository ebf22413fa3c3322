import { OTHER } from "../../levels";
import { isSet } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "lambda-3",
  title: "Services invoke for this account only",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["CKV_AWS_364"],
  suppressible: true,
  remediation: "Set sourceArn.",
  types: ["aws:lambda/permission:Permission"],
  check({ props }) {
    if (!/\.amazonaws\.com/.test(String(props.principal))) return notApplicable("the principal is no AWS service");
    return isSet(props.sourceArn) || isSet(props.sourceAccount)
      ? compliant
      : violation("the service may invoke it on behalf of any account: sourceArn is not set");
  },
});
