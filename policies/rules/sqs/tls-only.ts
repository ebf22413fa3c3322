import { ENCRYPTION } from "../../levels";
import { deniesPlainHttp, requiresCompanion } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "sqs-2",
  title: "Queues deny requests without TLS",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["cdk-nag SQS4"],
  suppressible: true,
  remediation: "Add a Deny for aws:SecureTransport false to the queue policy.",
  ...requiresCompanion(
    "aws:sqs/queue:Queue",
    { type: "aws:sqs/queuePolicy:QueuePolicy", property: "queueUrl", identifiers: ["url", "id"] },
    (policies, queue) =>
      // A QueuePolicy replaces the policy of the queue itself.
      (policies.length > 0 ? policies : [queue]).every(({ props }) => deniesPlainHttp(props.policy, "sqs:*"))
        ? compliant
        : violation("it has no policy that denies requests without TLS (aws:SecureTransport false)"),
  ),
});
