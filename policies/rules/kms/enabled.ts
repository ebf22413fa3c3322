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
  remediation: "Remove isEnabled, or set it to true.",
  types: ["aws:kms/key:Key"],
  // An unset value means true: https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html
  check: ({ props }) =>
    isTrue(props.isEnabled ?? true)
      ? compliant
      : violation(`isEnabled is ${shown(props.isEnabled)}: data encrypted with it cannot be read`),
});
