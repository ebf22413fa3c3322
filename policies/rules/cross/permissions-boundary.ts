import { OTHER } from "../../levels";
import { isSet } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "cross-3",
  title: "Roles and users have a permissions boundary",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set permissionsBoundary to the ARN of the boundary policy.",
  types: ["aws:iam/role:Role", "aws:iam/user:User"],
  check({ props }, { settings }) {
    if (!settings.permissionsBoundaryRequired) return notApplicable("the environment requires no permissions boundary");
    return isSet(props.permissionsBoundary) ? compliant : violation("it has no permissions boundary");
  },
});
