import { bucketCompanion, isSet } from "../../predicates";

interface LifecycleRule {
  readonly status?: string;
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation?: number };
}

export default bucketCompanion(
  "BucketLifecycleConfiguration",
  "no enabled lifecycle rule removes the parts of unfinished uploads",
  ({ props }) =>
    ((props.rules ?? []) as readonly LifecycleRule[]).some(
      (rule) => rule.status === "Enabled" && isSet(rule.abortIncompleteMultipartUpload?.daysAfterInitiation),
    ),
);
