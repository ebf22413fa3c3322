import { OTHER } from "../../levels";
import { blocks, get, isSet } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { STAGE } from "./apis";

const LIMITS = ["throttlingRateLimit", "throttlingBurstLimit"];

export default rule({
  id: "apigw-4",
  title: "Stages are throttled",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation:
    "Set throttlingRateLimit and throttlingBurstLimit in defaultRouteSettings and in every entry of routeSettings.",
  types: [STAGE],
  check({ props }) {
    const missing = LIMITS.filter((limit) => !isSet(get(props, `defaultRouteSettings.${limit}`)));
    if (missing.length > 0)
      return violation(
        `defaultRouteSettings.${missing.join(" and ")} is not set: one client can use up the account's quota`,
      );
    // The settings of a route replace all settings of the stage.
    const open = blocks(props.routeSettings).filter((one) => LIMITS.some((limit) => !isSet(one[limit])));
    return open.length === 0
      ? compliant
      : violation(
          `routeSettings remove the limit of these routes: ${open.map(({ routeKey }) => String(routeKey)).join(", ")}`,
        );
  },
});
