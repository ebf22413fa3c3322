import { OTHER } from "../../levels";
import { bucketCompanion, get, isLogDestination, isTrue } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "s3-2",
  title: "Buckets use a bucket key",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set bucketKeyEnabled to true.",
  ...bucketCompanion(
    "BucketServerSideEncryptionConfiguration",
    "the bucket key is off: every object needs a request to KMS",
    ({ props }) => isTrue(get(props, "rules.bucketKeyEnabled")),
    (bucket, stack) =>
      isLogDestination(bucket, stack) ? "it receives access logs, which S3 delivers with SSE-S3 only" : undefined,
  ),
});
