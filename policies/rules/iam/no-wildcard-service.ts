import { OTHER } from "../../levels";
import { isReadable, listOf, statements } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { IDENTITY_POLICIES } from "./documents";

export default rule({
  id: "iam-2",
  title: "Policies allow no wildcard for a whole service",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP IAM.21", "cdk-nag IAM5", "CKV_AWS_63"],
  suppressible: true,
  remediation: "Name the actions instead of <service>:*.",
  types: IDENTITY_POLICIES,
  check({ props }) {
    if (!isReadable(props.policy)) return violation("it has no policy that can be read");
    const wide = statements(props.policy)
      .filter((statement) => statement.Effect === "Allow")
      .flatMap((statement) =>
        statement.NotAction === undefined
          ? listOf(statement.Action).filter((action) => /^[\w-]*:?\*$/.test(action))
          : ["NotAction"],
      );
    return wide.length === 0
      ? compliant
      : violation(`${[...new Set(wide)].join(", ")} allows every action of a service`);
  },
});
