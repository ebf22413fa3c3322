import { ENCRYPTION } from "../../levels";
import { get, isSet, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "kms-1",
  title: "Keys rotate automatically",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP KMS.4", "CKV_AWS_7", "cdk-nag KMS5", "CIS 3.6"],
  suppressible: true,
  remediation: "Set enableKeyRotation to true.",
  types: ["aws:kms/key:Key"],
  check({ props }) {
    const spec = get(props, "customerMasterKeySpec");
    // Only symmetric encryption keys rotate: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    if (isSet(spec) && spec !== "SYMMETRIC_DEFAULT") return notApplicable(`keys of spec ${String(spec)} do not rotate`);
    return isTrue(props.enableKeyRotation) ? compliant : violation("enableKeyRotation is not true");
  },
});
