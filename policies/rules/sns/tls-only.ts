import { ENCRYPTION } from "../../levels";
import { deniesPlainHttp, requiresCompanion } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "sns-2",
  title: "Topics deny requests without TLS",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["cdk-nag SNS3"],
  suppressible: true,
  remediation: "Add a Deny for aws:SecureTransport false to the topic policy.",
  ...requiresCompanion(
    "aws:sns/topic:Topic",
    { type: "aws:sns/topicPolicy:TopicPolicy", property: "arn", identifiers: ["arn", "id"] },
    (policies, topic) =>
      // A policy of its own is replaced by one that stands beside it.
      (policies.length > 0 ? policies : [topic]).every(({ props }) => deniesPlainHttp(props.policy, "sns:Publish"))
        ? compliant
        : violation("no policy of it denies requests without TLS (aws:SecureTransport false)"),
  ),
});
