import { blocks, isCustomerKey } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:dynamodb/table:Table"],
  check({ props }) {
    const replicas = blocks(props.replicas);
    if (replicas.length === 0) return notApplicable("it has no replicas");
    const open = replicas
      .filter((replica) => !isCustomerKey(replica.kmsKeyArn))
      .map((replica) => String(replica.regionName));
    return open.length === 0
      ? compliant
      : violation(`replicas not encrypted with a customer managed key: ${open.join(", ")}`);
  },
};
export default rule;
