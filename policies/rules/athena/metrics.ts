import { isTrue, requires } from "../../predicates";

export default requires(
  "aws:athena/workgroup:Workgroup",
  "configuration.publishCloudwatchMetricsEnabled",
  isTrue,
  "nobody sees what queries cost",
);
