import { OTHER } from "../../levels";
import { isTrue, requiresCompanion } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

/** RDS's own secrets, which are no resources of a stack, are rotated by RDS. */
export default rule({
  id: "sm-1",
  title: "Secrets change",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP SecretsManager.1", "CKV2_AWS_57", "cdk-nag SMG4"],
  suppressible: true,
  remediation: "Add SecretRotation.",
  ...requiresCompanion(
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
  ),
});
