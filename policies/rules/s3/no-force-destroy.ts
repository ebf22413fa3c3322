import { DELETION } from "../../levels";
import { BUCKET, isSet } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "s3-10",
  title: "Buckets are not emptied when a stack is destroyed",
  severity: "high",
  kind: "deletion",
  levels: DELETION,
  maps: [],
  suppressible: false,
  remediation: "Remove forceDestroy, and delete data explicitly if it must go.",
  types: [BUCKET],
  check: ({ props }) =>
    isSet(props.forceDestroy) && props.forceDestroy !== "false"
      ? violation("forceDestroy is true: destroying the stack deletes every object")
      : compliant,
});
