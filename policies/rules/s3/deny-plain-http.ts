import { ENCRYPTION } from "../../levels";
import { bucketCompanion, deniesPlainHttp, reachesObjects } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "s3-3",
  title: "Buckets deny requests without TLS",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP S3.5", "cdk-nag S10", "CKV_AWS_379"],
  suppressible: false,
  remediation: "Add a Deny for aws:SecureTransport false to the bucket policy.",
  ...bucketCompanion(
    "BucketPolicy",
    "its policy has no Deny of requests without TLS (aws:SecureTransport false) to all of its objects",
    ({ props }) => deniesPlainHttp(props.policy, "s3:*", reachesObjects),
  ),
});
