import { shown } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { protocolOf } from "./apis";

const rule: Rule = {
  types: ["aws:apigatewayv2/route:Route"],
  check(route, stack) {
    const { routeKey, authorizationType } = route.props;
    if (routeKey !== "$connect" && protocolOf(route, stack) === "WEBSOCKET")
      return notApplicable("WebSocket APIs authorize $connect only");
    return ["AWS_IAM", "CUSTOM", "JWT"].includes(String(authorizationType))
      ? compliant
      : violation(`authorizationType is ${shown(authorizationType)}: anybody may call`);
  },
};
export default rule;
