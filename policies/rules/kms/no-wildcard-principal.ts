import { ENCRYPTION } from "../../levels";
import { openness } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "kms-2",
  title: "Keys are not for everybody",
  severity: "critical",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP KMS.5", "CKV_AWS_33"],
  suppressible: false,
  remediation: "Name principals, or narrow * by aws:SourceAccount.",
  types: ["aws:kms/key:Key"],
  check({ props }) {
    const problem = openness(props.policy);
    return problem === undefined ? compliant : violation(problem);
  },
});
