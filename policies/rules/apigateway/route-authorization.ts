import { OTHER } from "../../levels";
import { shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { protocolOf } from "./apis";

export default rule({
  id: "apigw-2",
  title: "Routes require authorization",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP APIGateway.8", "CKV_AWS_309", "cdk-nag APIG4"],
  suppressible: true,
  remediation: "Set authorizationType to AWS_IAM, CUSTOM or JWT. A WebSocket API needs it on $connect only.",
  types: ["aws:apigatewayv2/route:Route"],
  check(route, stack) {
    const { routeKey, authorizationType } = route.props;
    if (routeKey !== "$connect" && protocolOf(route, stack) === "WEBSOCKET")
      return notApplicable("WebSocket APIs authorize only the route $connect");
    return ["AWS_IAM", "CUSTOM", "JWT"].includes(String(authorizationType))
      ? compliant
      : violation(`authorizationType is ${shown(authorizationType)}: every client may call the route`);
  },
});
