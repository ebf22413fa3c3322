import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE } from "./databases";

export default rule({
  id: "rds-14",
  title: "Snapshots carry the tags of their database",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.16", "FSBP RDS.17", "CKV_AWS_313", "CKV2_AWS_60"],
  suppressible: true,
  remediation: "Set copyTagsToSnapshot to true.",
  types: [INSTANCE, CLUSTER],
  check: ({ props }) =>
    isTrue(props.copyTagsToSnapshot)
      ? compliant
      : violation("its snapshots have no tags that name their owner: copyTagsToSnapshot is not true"),
});
