import { OTHER } from "../../levels";
import { compliant, rule, violation } from "../../rule";
import { INSTANCE, PROFILE } from "./migrations";

/** Unset is yes for a profile, and was yes for instances in older providers. */
export default rule({
  id: "dms-1",
  title: "Migrations have no address on the internet",
  severity: "critical",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.1", "CKV_AWS_89", "cdk-nag DMSReplicationNotPublic"],
  suppressible: false,
  remediation: "Set publiclyAccessible: false.",
  types: [INSTANCE, PROFILE],
  check: ({ props }) =>
    props.publiclyAccessible === false
      ? compliant
      : violation("it may have an address on the internet: publiclyAccessible is not false"),
});
