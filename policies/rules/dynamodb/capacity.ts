import { OTHER } from "../../levels";
import { requiresCompanion } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "ddb-7",
  title: "Tables scale with their load",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DynamoDB.1", "CKV2_AWS_16"],
  suppressible: true,
  remediation: "Set billingMode to PAY_PER_REQUEST, or add a scaling target.",
  ...requiresCompanion(
    "aws:dynamodb/table:Table",
    { type: "aws:appautoscaling/target:Target", property: "resourceId", identifiers: ["name", "id"] },
    (targets, { props, name }, stack) => {
      if (props.billingMode === "PAY_PER_REQUEST") return compliant;
      const wanted = `table/${String(props.name ?? name)}`;
      const scaled =
        targets.length > 0 ||
        stack.ofType("aws:appautoscaling/target:Target").some((target) => target.props.resourceId === wanted);
      return scaled
        ? compliant
        : violation("its provisioned capacity does not scale: neither on demand nor a scaling target");
    },
  ),
});
