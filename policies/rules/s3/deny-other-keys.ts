import { bucketCompanion, isLogDestination, listOf, statements } from "../../predicates";

const KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";

export default bucketCompanion(
  "BucketPolicy",
  "its policy has no Deny of s3:PutObject with another key",
  ({ props }) =>
    statements(props.policy).some(
      (statement) =>
        statement.Effect === "Deny" &&
        listOf(statement.Action).some((action) => ["s3:PutObject", "s3:*", "*"].includes(action)) &&
        Object.entries(statement.Condition ?? {}).some(
          ([operator, condition]) => /NotEquals/.test(operator) && KEY in condition,
        ),
    ),
  (bucket, stack) =>
    isLogDestination(bucket, stack) ? "it receives access logs, which S3 delivers with SSE-S3 only" : undefined,
);
