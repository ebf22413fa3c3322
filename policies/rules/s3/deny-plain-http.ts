import { bucketCompanion, deniesPlainHttp, listOf, type PolicyStatement } from "../../predicates";

/** A Deny on the bucket's own ARN alone would leave its objects out. */
const reachesObjects = ({ Resource }: PolicyStatement): boolean =>
  listOf(Resource).some((one) => one === "*" || one.endsWith("/*"));

export default bucketCompanion(
  "BucketPolicy",
  "its policy has no Deny of requests without TLS (aws:SecureTransport false) to all of its objects",
  ({ props }) => deniesPlainHttp(props.policy, "s3:*", reachesObjects),
);
