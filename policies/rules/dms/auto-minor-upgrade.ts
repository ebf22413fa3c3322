import { OTHER } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";
import { INSTANCE } from "./migrations";

export default rule({
  id: "dms-3",
  title: "Replication instances install minor versions automatically",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.6", "CKV_AWS_222"],
  suppressible: true,
  remediation: "Set autoMinorVersionUpgrade to true.",
  ...requires(
    INSTANCE,
    "autoMinorVersionUpgrade",
    isTrue,
    "fixes of the replication engine are not installed automatically",
  ),
});
