import { OTHER } from "../../levels";
import { compliant, rule, violation } from "../../rule";
import { INSTANCE, PROFILE } from "./migrations";

/** An unset value means true for a profile, and meant true for an instance in older providers. */
export default rule({
  id: "dms-1",
  title: "Migrations are not reachable from the internet",
  severity: "critical",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.1", "CKV_AWS_89", "cdk-nag DMSReplicationNotPublic"],
  suppressible: false,
  remediation: "Set publiclyAccessible to false.",
  types: [INSTANCE, PROFILE],
  check: ({ props }) =>
    props.publiclyAccessible === false
      ? compliant
      : violation("it may be reachable from the internet: publiclyAccessible is not false"),
});
