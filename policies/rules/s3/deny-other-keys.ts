import { ENCRYPTION } from "../../levels";
import {
  bucketCompanion,
  conditionsOf,
  covers,
  isEveryPrincipal,
  isLogDestination,
  listOf,
  reachesObjects,
  statements,
} from "../../predicates";
import { rule } from "../../rule";

const KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";

export default rule({
  id: "s3-4",
  title: "Buckets deny uploads that use another key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: [],
  suppressible: true,
  remediation: "Add a Deny of s3:PutObject where s3:x-amz-server-side-encryption-aws-kms-key-id is another key.",
  ...bucketCompanion(
    "BucketPolicy",
    "its policy has no Deny of s3:PutObject with another key for every principal and all objects",
    ({ props }) =>
      statements(props.policy).some((statement) => {
        const conditions = conditionsOf(statement);
        return (
          statement.Effect === "Deny" &&
          isEveryPrincipal(statement.Principal) &&
          covers(statement, "s3:PutObject") &&
          reachesObjects(statement) &&
          conditions.some(({ operator }) => /NotEquals|NotLike/.test(operator)) &&
          // Uploads that name no key use the key of the bucket, and `Null: false` excludes them. Any other condition would allow keys.
          conditions.every(
            ({ operator, key, value }) =>
              key === KEY &&
              (operator === "Null" ? listOf(value).includes("false") : /NotEquals|NotLike/.test(operator)),
          )
        );
      }),
    (bucket, stack) =>
      isLogDestination(bucket, stack) ? "it receives access logs, which S3 delivers with SSE-S3 only" : undefined,
  ),
});
