import { OTHER } from "../../levels";
import { isSet, openness } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

const POLICY = "aws:cloudwatch/eventBusPolicy:EventBusPolicy";

export default rule({
  id: "evb-2",
  title: "Event buses are not public",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["cdk-nag EVB1"],
  suppressible: false,
  remediation: "Name the accounts that may send events.",
  types: [POLICY, "aws:cloudwatch/eventPermission:EventPermission"],
  check({ type, props }) {
    if (type === POLICY) {
      const problem = openness(props.policy);
      return problem === undefined ? compliant : violation(`every account may send events to the bus: ${problem}`);
    }
    if (!isSet(props.principal))
      return violation("principal is not set: the accounts that may send events are not known");
    return props.principal === "*" && !isSet(props.condition)
      ? violation("every account may send events to the bus")
      : compliant;
  },
});
