import { DELETION } from "../../levels";
import { BUCKET, isSet } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "s3-10",
  title: "Buckets are not emptied by destroying a stack",
  severity: "high",
  kind: "deletion",
  levels: DELETION,
  maps: [],
  suppressible: false,
  remediation: "Leave forceDestroy unset; delete data on purpose.",
  types: [BUCKET],
  check: ({ props }) =>
    isSet(props.forceDestroy) && props.forceDestroy !== "false"
      ? violation("forceDestroy is true: destroying the stack deletes every object")
      : compliant,
});
