import { get, isSet, isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:kms/key:Key"],
  check({ props }) {
    const spec = get(props, "customerMasterKeySpec");
    // Only symmetric encryption keys rotate: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    if (isSet(spec) && spec !== "SYMMETRIC_DEFAULT") return notApplicable(`keys of spec ${String(spec)} do not rotate`);
    return isTrue(props.enableKeyRotation) ? compliant : violation("enableKeyRotation is not true");
  },
};
export default rule;
