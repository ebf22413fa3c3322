import { OTHER } from "../../levels";
import { blocks, bucketCompanion, get, isSet } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "s3-9",
  title: "Buckets remove unfinished uploads",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP S3.13", "CKV_AWS_300", "CKV2_AWS_61"],
  suppressible: true,
  remediation: "Add a lifecycle rule with abortIncompleteMultipartUpload.",
  ...bucketCompanion(
    "BucketLifecycleConfiguration",
    "no enabled lifecycle rule removes the parts of unfinished uploads",
    ({ props }) =>
      blocks(props.rules).some(
        (rule) => rule.status === "Enabled" && isSet(get(rule, "abortIncompleteMultipartUpload.daysAfterInitiation")),
      ),
  ),
});
