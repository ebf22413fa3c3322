import { ENCRYPTION } from "../../levels";
import { blocks, isCustomerKey } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "ddb-4",
  title: "Replicas are encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: [],
  suppressible: true,
  remediation: "Set kmsKeyArn of every replica to a customer managed key.",
  types: ["aws:dynamodb/table:Table"],
  check({ props }) {
    const replicas = blocks(props.replicas);
    if (replicas.length === 0) return notApplicable("it has no replicas");
    const open = replicas
      .filter((replica) => !isCustomerKey(replica.kmsKeyArn))
      .map((replica) => String(replica.regionName));
    return open.length === 0
      ? compliant
      : violation(`replicas are not encrypted with a customer managed key: ${open.join(", ")}`);
  },
});
