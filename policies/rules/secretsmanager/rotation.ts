import { isTrue, requiresCompanion } from "../../predicates";
import { compliant, violation } from "../../rule";

/** RDS's own secrets, which are no resources of a stack, are rotated by RDS. */
export default requiresCompanion(
  "aws:secretsmanager/secret:Secret",
  {
    type: "aws:secretsmanager/secretRotation:SecretRotation",
    property: "secretId",
    identifiers: ["id", "arn"],
  },
  (rotations) =>
    rotations.some(({ props }) => isTrue(props.rotationEnabled ?? true))
      ? compliant
      : violation("it stays the same for ever: it has no SecretRotation"),
);
