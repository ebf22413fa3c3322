import { OTHER } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "athena-3",
  title: "Workgroups publish query metrics",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP Athena.4"],
  suppressible: true,
  remediation: "Set publishCloudwatchMetricsEnabled to true.",
  ...requires(
    "aws:athena/workgroup:Workgroup",
    "configuration.publishCloudwatchMetricsEnabled",
    isTrue,
    "the cost of queries is not measured",
  ),
});
