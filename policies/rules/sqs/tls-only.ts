import { deniesPlainHttp, requiresCompanion } from "../../predicates";
import { compliant, violation } from "../../rule";

export default requiresCompanion(
  "aws:sqs/queue:Queue",
  { type: "aws:sqs/queuePolicy:QueuePolicy", property: "queueUrl", identifiers: ["url", "id"] },
  (policies, queue) =>
    // A policy of its own is replaced by one that stands beside it.
    (policies.length > 0 ? policies : [queue]).every(({ props }) => deniesPlainHttp(props.policy, "sqs:*"))
      ? compliant
      : violation("no policy of it denies requests without TLS (aws:SecureTransport false)"),
);
