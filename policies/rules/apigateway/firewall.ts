import { requiresCompanion } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { STAGE } from "./apis";

const REST = "aws:apigateway/stage:Stage";

const behindOne = requiresCompanion(
  REST,
  { type: "aws:wafv2/webAclAssociation:WebAclAssociation", property: "resourceArn", identifiers: ["arn"] },
  (associations) => (associations.length > 0 ? compliant : violation("no WebAclAssociation puts it behind a firewall")),
);

const rule: Rule = {
  types: [REST, STAGE],
  check: (stage, stack) =>
    // https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
    stage.type === STAGE
      ? notApplicable("AWS WAF takes REST APIs only, no HTTP and WebSocket APIs")
      : behindOne.check(stage, stack),
};
export default rule;
