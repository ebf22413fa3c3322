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
      // A TopicPolicy replaces the policy of the topic itself.
      (policies.length > 0 ? policies : [topic]).every(({ props }) => deniesPlainHttp(props.policy, "sns:Publish"))
        ? compliant
        : violation("it has no policy that denies requests without TLS (aws:SecureTransport false)"),
  ),
});
