import { bucketCompanion, deniesPlainHttp, reachesObjects } from "../../predicates";

export default bucketCompanion(
  "BucketPolicy",
  "its policy has no Deny of requests without TLS (aws:SecureTransport false) to all of its objects",
  ({ props }) => deniesPlainHttp(props.policy, "s3:*", reachesObjects),
);
