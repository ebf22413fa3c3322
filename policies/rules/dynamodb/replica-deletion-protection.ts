import { blocks, isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:dynamodb/table:Table"],
  check({ props }) {
    const replicas = blocks(props.replicas);
    if (replicas.length === 0) return notApplicable("it has no replicas");
    const open = replicas
      .filter((replica) => !isTrue(replica.deletionProtectionEnabled))
      .map((replica) => String(replica.regionName));
    return open.length === 0 ? compliant : violation(`replicas without deletion protection: ${open.join(", ")}`);
  },
};
export default rule;
