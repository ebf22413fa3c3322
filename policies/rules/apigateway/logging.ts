import { OTHER } from "../../levels";
import { get, isSet, shown } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { protocolOf, STAGE } from "./apis";

export default rule({
  id: "apigw-1",
  title: "Stages log requests and failures",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP APIGateway.1", "FSBP APIGateway.9", "CKV_AWS_76", "cdk-nag APIG1"],
  suppressible: true,
  remediation:
    "Set accessLogSettings and, for a WebSocket API, set defaultRouteSettings.loggingLevel to ERROR or INFO.",
  types: [STAGE],
  check(stage, stack) {
    if (!isSet(get(stage.props, "accessLogSettings.destinationArn")))
      return violation("accessLogSettings is not set: requests are not logged");
    // HTTP APIs have access logs only.
    if (protocolOf(stage, stack) === "HTTP") return compliant;
    const level = get(stage.props, "defaultRouteSettings.loggingLevel");
    return level === "ERROR" || level === "INFO"
      ? compliant
      : violation(
          `defaultRouteSettings.loggingLevel is ${shown(level)}: the reasons of failed requests are not logged`,
        );
  },
});
