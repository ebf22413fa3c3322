import { deniesPlainHttp, requiresCompanion } from "../../predicates";
import { compliant, violation } from "../../rule";

export default requiresCompanion(
  "aws:sns/topic:Topic",
  { type: "aws:sns/topicPolicy:TopicPolicy", property: "arn", identifiers: ["arn", "id"] },
  (policies, topic) =>
    [topic, ...policies].some(({ props }) => deniesPlainHttp(props.policy, "sns:Publish"))
      ? compliant
      : violation("no policy of it denies requests without TLS (aws:SecureTransport false)"),
);
