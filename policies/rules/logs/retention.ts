import { OTHER } from "../../levels";
import { isSet, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "logs-2",
  title: "Log groups have a retention period",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["CKV_AWS_66"],
  suppressible: true,
  remediation: "Set retentionInDays to a number of days.",
  ...requires(
    "aws:cloudwatch/logGroup:LogGroup",
    "retentionInDays",
    isSet,
    "log events are kept and paid for without end",
  ),
});
