import { isSet, isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CLUSTER, INSTANCE, isReplica } from "./databases";

const rule: Rule = {
  types: [INSTANCE, CLUSTER],
  check(resource) {
    if (isReplica(resource)) return notApplicable("a replica has no final snapshot");
    const { skipFinalSnapshot, finalSnapshotIdentifier } = resource.props;
    if (isTrue(skipFinalSnapshot))
      return violation("nothing is kept of it when it is deleted: skipFinalSnapshot is true");
    return isSet(finalSnapshotIdentifier)
      ? compliant
      : violation("finalSnapshotIdentifier is not set: its deletion would fail, or keep nothing");
  },
};
export default rule;
