import { OTHER } from "../../levels";
import { isSet, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "athena-4",
  title: "Queries have a limit of scanned data",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set bytesScannedCutoffPerQuery of the workgroup.",
  ...requires(
    "aws:athena/workgroup:Workgroup",
    "configuration.bytesScannedCutoffPerQuery",
    isSet,
    "one query may scan the whole lake",
  ),
});
