import { bucketCompanion, deniesPlainHttp } from "../../predicates";

export default bucketCompanion(
  "BucketPolicy",
  "its policy has no Deny of requests without TLS (aws:SecureTransport false)",
  ({ props }) => deniesPlainHttp(props.policy),
);
