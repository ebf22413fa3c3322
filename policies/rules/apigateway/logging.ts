import { get, isSet, shown } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { protocolOf, STAGE } from "./apis";

const rule: Rule = {
  types: [STAGE],
  check(stage, stack) {
    if (!isSet(get(stage.props, "accessLogSettings.destinationArn")))
      return violation("accessLogSettings is not set: nobody can tell who called");
    // HTTP APIs have access logs only.
    if (protocolOf(stage, stack) === "HTTP") return compliant;
    const level = get(stage.props, "defaultRouteSettings.loggingLevel");
    return level === "ERROR" || level === "INFO"
      ? compliant
      : violation(`defaultRouteSettings.loggingLevel is ${shown(level)}: why requests fail is logged nowhere`);
  },
};
export default rule;
