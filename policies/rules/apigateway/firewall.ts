import { OTHER } from "../../levels";
import { requiresCompanion } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { STAGE } from "./apis";

const REST = "aws:apigateway/stage:Stage";

const behindOne = requiresCompanion(
  REST,
  { type: "aws:wafv2/webAclAssociation:WebAclAssociation", property: "resourceArn", identifiers: ["arn"] },
  (associations) =>
    associations.length > 0 ? compliant : violation("no WebAclAssociation protects it with a web ACL"),
);

export default rule({
  id: "apigw-3",
  title: "A web ACL protects REST APIs",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP APIGateway.4", "CKV2_AWS_29", "cdk-nag APIG3"],
  suppressible: true,
  remediation: "Add a WebAclAssociation for the stage.",
  types: [REST, STAGE],
  check: (stage, stack) =>
    // https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
    stage.type === STAGE
      ? notApplicable("AWS WAF protects REST APIs only, not HTTP and WebSocket APIs")
      : behindOne.check(stage, stack),
});
