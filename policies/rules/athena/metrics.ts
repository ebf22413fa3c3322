import { OTHER } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "athena-3",
  title: "Workgroups publish metrics",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP Athena.4"],
  suppressible: true,
  remediation: "Set publishCloudwatchMetricsEnabled: true.",
  ...requires(
    "aws:athena/workgroup:Workgroup",
    "configuration.publishCloudwatchMetricsEnabled",
    isTrue,
    "nobody sees what queries cost",
  ),
});
