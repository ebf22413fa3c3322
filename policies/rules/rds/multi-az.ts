import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, hasStandbys, INSTANCE, isReplica, MEMBER } from "./databases";

export default rule({
  id: "rds-8",
  title: "Databases survive the loss of an availability zone",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.5", "FSBP RDS.15", "CKV_AWS_157"],
  suppressible: true,
  remediation: "Set multiAz to true, or add a reader to the cluster.",
  types: [INSTANCE, CLUSTER],
  check(resource, stack) {
    if (isReplica(resource)) return notApplicable("a replica is itself a copy");
    if (resource.type === INSTANCE) {
      return isTrue(resource.props.multiAz)
        ? compliant
        : violation("it stops when its zone fails: multiAz is not true");
    }
    if (hasStandbys(resource.props)) return compliant;
    const members = stack.referring(resource, MEMBER, "clusterIdentifier", ["id", "clusterIdentifier"]);
    return members.length > 1
      ? compliant
      : violation(
          `it has ${members.length} ${members.length === 1 ? "instance" : "instances"}: no other instance takes over when a zone fails`,
        );
  },
});
