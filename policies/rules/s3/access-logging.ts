import { OTHER } from "../../levels";
import { bucketCompanion, isLogDestination, isSet } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "s3-8",
  title: "Buckets log requests",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP S3.9", "CKV_AWS_18", "cdk-nag S1"],
  suppressible: true,
  remediation: "Add a BucketLogging for the bucket.",
  ...bucketCompanion(
    "BucketLogging",
    "its requests are not logged",
    ({ props }) => isSet(props.targetBucket),
    (bucket, stack) =>
      isLogDestination(bucket, stack) ? "it receives access logs, and logging them would never end" : undefined,
  ),
});
