import { ENCRYPTION } from "../../levels";
import { isCustomerKey } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

/** Other snapshots are encrypted as their database is. */
export default rule({
  id: "rds-4",
  title: "Copies of snapshots are encrypted",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP RDS.4", "CKV_AWS_266"],
  suppressible: true,
  remediation: "Set kmsKeyId of the copy.",
  types: ["aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"],
  check: ({ props }) =>
    isCustomerKey(props.kmsKeyId) ? compliant : violation("the copy is not encrypted with a customer managed key"),
});
