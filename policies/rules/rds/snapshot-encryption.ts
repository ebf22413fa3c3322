import { isCustomerKey } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

/** Other snapshots are encrypted as their database is. */
const rule: Rule = {
  types: ["aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"],
  check: ({ props }) =>
    isCustomerKey(props.kmsKeyId) ? compliant : violation("the copy is not encrypted with a customer managed key"),
};
export default rule;
