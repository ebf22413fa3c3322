import { OTHER } from "../../levels";
import { isReadable, isSet, listOf, statements } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { ATTACHMENTS, IDENTITY_POLICIES } from "./documents";

export default rule({
  id: "iam-1",
  title: "No policy allows every action on every resource",
  severity: "critical",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP IAM.1", "CKV_AWS_62", "CIS 1.16", "cdk-nag IAM5"],
  suppressible: false,
  remediation: "Name the actions and resources that are needed.",
  types: [...IDENTITY_POLICIES, ...ATTACHMENTS],
  check({ type, props }) {
    if (ATTACHMENTS.includes(type)) {
      if (!isSet(props.policyArn)) return violation("policyArn is not set: its permissions are not known");
      return /:policy\/AdministratorAccess$/.test(String(props.policyArn))
        ? violation("it attaches AdministratorAccess, which allows every action on every resource")
        : compliant;
    }
    if (!isReadable(props.policy)) return violation("it has no policy that can be read");
    return statements(props.policy).some(
      (statement) =>
        statement.Effect === "Allow" &&
        (statement.NotAction !== undefined || listOf(statement.Action).some((action) => /^\*(:\*)?$/.test(action))) &&
        (statement.NotResource !== undefined || listOf(statement.Resource).includes("*")),
    )
      ? violation("a statement allows every action on every resource")
      : compliant;
  },
});
