import { OTHER } from "../../levels";
import { isSet } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "lambda-2",
  title: "Functions are not public",
  severity: "critical",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP Lambda.1", "CKV_AWS_301"],
  suppressible: false,
  remediation: "Name the principal that may invoke the function.",
  types: ["aws:lambda/permission:Permission"],
  check: ({ props }) =>
    !isSet(props.principal) || (props.principal === "*" && !isSet(props.principalOrgId))
      ? violation("every principal may invoke the function")
      : compliant,
});
