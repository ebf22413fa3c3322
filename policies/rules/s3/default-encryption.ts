import { ENCRYPTION } from "../../levels";
import { bucketCompanion, get, isCustomerKey, isLogDestination } from "../../predicates";
import { rule } from "../../rule";

const RULES = "rules.applyServerSideEncryptionByDefault";

/** Log delivery can write to buckets with SSE-S3 only: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html. */
export default rule({
  id: "s3-1",
  title: "Buckets encrypt objects with a customer managed key",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_145", "CKV_AWS_19"],
  suppressible: true,
  remediation: "Add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms and kmsMasterKeyId.",
  ...bucketCompanion(
    "BucketServerSideEncryptionConfiguration",
    "its default encryption is not SSE-KMS with a customer managed key",
    ({ props }) =>
      get(props, `${RULES}.sseAlgorithm`) === "aws:kms" && isCustomerKey(get(props, `${RULES}.kmsMasterKeyId`)),
    (bucket, stack) =>
      isLogDestination(bucket, stack) ? "it receives access logs, which S3 delivers with SSE-S3 only" : undefined,
  ),
});
