import { OTHER } from "../../levels";
import { get, isSet } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "datasync-1",
  title: "Transfers are logged",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DataSync.1"],
  suppressible: true,
  remediation: "Set cloudwatchLogGroupArn, and set options.logLevel to BASIC or TRANSFER.",
  types: ["aws:datasync/task:Task"],
  check({ props }) {
    if (!isSet(props.cloudwatchLogGroupArn))
      return violation("cloudwatchLogGroupArn is not set: failed transfers are not logged");
    return ["BASIC", "TRANSFER"].includes(String(get(props, "options.logLevel")))
      ? compliant
      : violation("options.logLevel is neither BASIC nor TRANSFER: nothing is logged");
  },
});
