import { DELETION } from "../../levels";
import { blocks, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "ddb-5",
  title: "Replicas can be restored to a point in time",
  severity: "medium",
  kind: "deletion",
  levels: DELETION,
  maps: ["CKV_AWS_165"],
  suppressible: true,
  remediation: "Set pointInTimeRecovery to true for every replica.",
  types: ["aws:dynamodb/table:Table"],
  check({ props }) {
    const replicas = blocks(props.replicas);
    if (replicas.length === 0) return notApplicable("it has no replicas");
    const open = replicas
      .filter((replica) => !isTrue(replica.pointInTimeRecovery))
      .map((replica) => String(replica.regionName));
    return open.length === 0 ? compliant : violation(`replicas have no point-in-time recovery: ${open.join(", ")}`);
  },
});
