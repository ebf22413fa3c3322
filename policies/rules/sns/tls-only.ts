import { deniesPlainHttp, requiresCompanion } from "../../predicates";
import { compliant, violation } from "../../rule";

export default requiresCompanion(
  "aws:sns/topic:Topic",
  { type: "aws:sns/topicPolicy:TopicPolicy", property: "arn", identifiers: ["arn", "id"] },
  (policies, topic) =>
    // A policy of its own is replaced by one that stands beside it.
    (policies.length > 0 ? policies : [topic]).every(({ props }) => deniesPlainHttp(props.policy, "sns:Publish"))
      ? compliant
      : violation("no policy of it denies requests without TLS (aws:SecureTransport false)"),
);
