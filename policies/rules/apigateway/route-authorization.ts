import { OTHER } from "../../levels";
import { shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { protocolOf } from "./apis";

export default rule({
  id: "apigw-2",
  title: "Routes ask who calls",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP APIGateway.8", "CKV_AWS_309", "cdk-nag APIG4"],
  suppressible: true,
  remediation: "Set authorizationType AWS_IAM, CUSTOM or JWT; of a WebSocket API on $connect.",
  types: ["aws:apigatewayv2/route:Route"],
  check(route, stack) {
    const { routeKey, authorizationType } = route.props;
    if (routeKey !== "$connect" && protocolOf(route, stack) === "WEBSOCKET")
      return notApplicable("WebSocket APIs authorize $connect only");
    return ["AWS_IAM", "CUSTOM", "JWT"].includes(String(authorizationType))
      ? compliant
      : violation(`authorizationType is ${shown(authorizationType)}: anybody may call`);
  },
});
