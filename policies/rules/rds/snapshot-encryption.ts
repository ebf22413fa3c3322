import { ENCRYPTION } from "../../levels";
import { isCustomerKey } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

/** A snapshot that is not a copy has the encryption of its database. */
export default rule({
  id: "rds-4",
  title: "Copies of snapshots are encrypted with a customer managed key",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP RDS.4", "CKV_AWS_266"],
  suppressible: true,
  remediation: "Set kmsKeyId of the copy to a customer managed key.",
  types: ["aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"],
  check: ({ props }) =>
    isCustomerKey(props.kmsKeyId) ? compliant : violation("the copy is not encrypted with a customer managed key"),
});
