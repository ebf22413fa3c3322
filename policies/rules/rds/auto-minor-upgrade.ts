import { isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CLUSTER, hasStandbys, INSTANCE, MEMBER } from "./databases";

/** Unset is yes with AWS's provider. */
const rule: Rule = {
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ type, props }) {
    if (type === CLUSTER && !hasStandbys(props)) return notApplicable("its instances are upgraded");
    return isTrue(props.autoMinorVersionUpgrade ?? true)
      ? compliant
      : violation("it misses security fixes: autoMinorVersionUpgrade is not true");
  },
};
export default rule;
