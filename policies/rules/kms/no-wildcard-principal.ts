import { ENCRYPTION } from "../../levels";
import { openness } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "kms-2",
  title: "Keys are not public",
  severity: "critical",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP KMS.5", "CKV_AWS_33"],
  suppressible: false,
  remediation: "Name the principals, or restrict * by a condition such as aws:SourceAccount.",
  types: ["aws:kms/key:Key"],
  check({ props }) {
    const problem = openness(props.policy);
    return problem === undefined ? compliant : violation(problem);
  },
});
