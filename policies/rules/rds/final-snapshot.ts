import { DELETION } from "../../levels";
import { isSet, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, isReplica } from "./databases";

export default rule({
  id: "rds-6",
  title: "Databases leave a snapshot when they are deleted",
  severity: "high",
  kind: "deletion",
  levels: DELETION,
  maps: [],
  suppressible: true,
  remediation: "Set finalSnapshotIdentifier, and set skipFinalSnapshot to false.",
  types: [INSTANCE, CLUSTER],
  check(resource) {
    if (isReplica(resource)) return notApplicable("a replica has no final snapshot");
    const { skipFinalSnapshot, finalSnapshotIdentifier } = resource.props;
    if (isTrue(skipFinalSnapshot)) return violation("its data is lost when it is deleted: skipFinalSnapshot is true");
    return isSet(finalSnapshotIdentifier)
      ? compliant
      : violation("finalSnapshotIdentifier is not set: its deletion fails, or leaves no snapshot");
  },
});
