import { OTHER } from "../../levels";
import { isSet } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "lambda-3",
  title: "Services may invoke functions only for known accounts",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["CKV_AWS_364"],
  suppressible: true,
  remediation: "Set sourceArn or sourceAccount.",
  types: ["aws:lambda/permission:Permission"],
  check({ props }) {
    if (!/\.amazonaws\.com/.test(String(props.principal))) return notApplicable("the principal is not an AWS service");
    return isSet(props.sourceArn) || isSet(props.sourceAccount)
      ? compliant
      : violation("the service may invoke it on behalf of every account: neither sourceArn nor sourceAccount is set");
  },
});
