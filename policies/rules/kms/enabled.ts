import { DELETION } from "../../levels";
import { isTrue, shown } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "kms-4",
  title: "Keys are enabled",
  severity: "medium",
  kind: "deletion",
  levels: DELETION,
  maps: ["CKV_AWS_227"],
  suppressible: true,
  remediation: "Leave isEnabled unset.",
  types: ["aws:kms/key:Key"],
  // A key is enabled unless somebody says otherwise: https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html
  check: ({ props }) =>
    isTrue(props.isEnabled ?? true)
      ? compliant
      : violation(`isEnabled is ${shown(props.isEnabled)}: what it encrypts cannot be read`),
});
