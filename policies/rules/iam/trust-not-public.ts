import { OTHER } from "../../levels";
import { openness } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "iam-3",
  title: "Roles cannot be assumed by every principal",
  severity: "critical",
  kind: "other",
  levels: OTHER,
  maps: ["CKV_AWS_60"],
  suppressible: false,
  remediation: "Name the principals that may assume the role.",
  types: ["aws:iam/role:Role"],
  check({ props }) {
    const problem = openness(props.assumeRolePolicy);
    return problem === undefined ? compliant : violation(`every principal may assume it: ${problem}`);
  },
});
