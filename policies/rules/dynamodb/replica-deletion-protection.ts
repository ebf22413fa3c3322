import { DELETION } from "../../levels";
import { blocks, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "ddb-6",
  title: "Replicas are protected from deletion",
  severity: "high",
  kind: "deletion",
  levels: DELETION,
  maps: [],
  suppressible: true,
  remediation: "Set deletionProtectionEnabled to true for every replica.",
  types: ["aws:dynamodb/table:Table"],
  check({ props }) {
    const replicas = blocks(props.replicas);
    if (replicas.length === 0) return notApplicable("it has no replicas");
    const open = replicas
      .filter((replica) => !isTrue(replica.deletionProtectionEnabled))
      .map((replica) => String(replica.regionName));
    return open.length === 0 ? compliant : violation(`replicas have no deletion protection: ${open.join(", ")}`);
  },
});
