import { blocks, bucketCompanion, get, isSet } from "../../predicates";

export default bucketCompanion(
  "BucketLifecycleConfiguration",
  "no enabled lifecycle rule removes the parts of unfinished uploads",
  ({ props }) =>
    blocks(props.rules).some(
      (rule) => rule.status === "Enabled" && isSet(get(rule, "abortIncompleteMultipartUpload.daysAfterInitiation")),
    ),
);
