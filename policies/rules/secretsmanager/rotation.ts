import { OTHER } from "../../levels";
import { isTrue, requiresCompanion } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

/** RDS rotates the secrets that it manages itself, which are not resources of a stack. */
export default rule({
  id: "sm-1",
  title: "Secrets are rotated automatically",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP SecretsManager.1", "CKV2_AWS_57", "cdk-nag SMG4"],
  suppressible: true,
  remediation: "Add a SecretRotation for the secret.",
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
        : violation("it is never rotated: it has no SecretRotation"),
  ),
});
