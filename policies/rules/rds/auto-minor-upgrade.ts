import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, hasStandbys, INSTANCE, MEMBER } from "./databases";

/** An unset value means true. */
export default rule({
  id: "rds-12",
  title: "Databases install minor versions automatically",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.13", "FSBP RDS.35", "CKV_AWS_226"],
  suppressible: true,
  remediation: "Set autoMinorVersionUpgrade to true.",
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ type, props }) {
    if (type === CLUSTER && !hasStandbys(props)) return notApplicable("its instances install the versions");
    return isTrue(props.autoMinorVersionUpgrade ?? true)
      ? compliant
      : violation("it does not get security fixes automatically: autoMinorVersionUpgrade is not true");
  },
});
