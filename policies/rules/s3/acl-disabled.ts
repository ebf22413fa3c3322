import { OTHER } from "../../levels";
import { bucketCompanion, get } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "s3-6",
  title: "Buckets do not use ACLs",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP S3.12", "CKV2_AWS_65"],
  suppressible: true,
  remediation: "Add BucketOwnershipControls with BucketOwnerEnforced.",
  ...bucketCompanion(
    "BucketOwnershipControls",
    "ACLs are not disabled: rule.objectOwnership is not BucketOwnerEnforced",
    ({ props }) => get(props, "rule.objectOwnership") === "BucketOwnerEnforced",
  ),
});
