import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, hasStandbys, INSTANCE, MEMBER } from "./databases";

/** Unset is yes with AWS's provider. */
export default rule({
  id: "rds-12",
  title: "Databases get security fixes",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.13", "FSBP RDS.35", "CKV_AWS_226"],
  suppressible: true,
  remediation: "Set autoMinorVersionUpgrade.",
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ type, props }) {
    if (type === CLUSTER && !hasStandbys(props)) return notApplicable("its instances are upgraded");
    return isTrue(props.autoMinorVersionUpgrade ?? true)
      ? compliant
      : violation("it misses security fixes: autoMinorVersionUpgrade is not true");
  },
});
