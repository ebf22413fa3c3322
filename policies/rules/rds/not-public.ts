import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { INSTANCE, MEMBER } from "./databases";

/** An unset value means false. */
export default rule({
  id: "rds-9",
  title: "Databases are not reachable from the internet",
  severity: "critical",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.2", "CKV_AWS_17"],
  suppressible: false,
  remediation: "Set publiclyAccessible to false.",
  types: [INSTANCE, MEMBER],
  check: ({ props }) =>
    isTrue(props.publiclyAccessible) ? violation("it has a public address: publiclyAccessible is true") : compliant,
});
