import { bucketCompanion, get, isCustomerKey, isLogDestination } from "../../predicates";

const RULES = "rules.applyServerSideEncryptionByDefault";

/** Log delivery can write to SSE-S3 buckets only: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
export default bucketCompanion(
  "BucketServerSideEncryptionConfiguration",
  "its default encryption is not SSE-KMS with a customer managed key",
  ({ props }) =>
    get(props, `${RULES}.sseAlgorithm`) === "aws:kms" && isCustomerKey(get(props, `${RULES}.kmsMasterKeyId`)),
  (bucket, stack) =>
    isLogDestination(bucket, stack) ? "it receives access logs, which S3 delivers with SSE-S3 only" : undefined,
);
