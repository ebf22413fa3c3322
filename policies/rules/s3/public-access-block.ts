import { OTHER } from "../../levels";
import { bucketCompanion, isTrue } from "../../predicates";
import { rule } from "../../rule";

const SETTINGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export default rule({
  id: "s3-5",
  title: "Buckets block public access",
  severity: "critical",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP S3.8", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CIS 2.1.4"],
  suppressible: false,
  remediation: "Add a BucketPublicAccessBlock with all four settings set to true.",
  ...bucketCompanion("BucketPublicAccessBlock", `not all of ${SETTINGS.join(", ")} are true`, ({ props }) =>
    SETTINGS.every((setting) => isTrue(props[setting])),
  ),
});
