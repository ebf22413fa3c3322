import { bucketCompanion, get, isLogDestination, isTrue } from "../../predicates";

export default bucketCompanion(
  "BucketServerSideEncryptionConfiguration",
  "the bucket key is off: every object costs a request to KMS",
  ({ props }) => isTrue(get(props, "rules.bucketKeyEnabled")),
  (bucket, stack) =>
    isLogDestination(bucket, stack) ? "it receives access logs, which S3 delivers with SSE-S3 only" : undefined,
);
