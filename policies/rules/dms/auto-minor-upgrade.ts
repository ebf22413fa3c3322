import { OTHER } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";
import { INSTANCE } from "./migrations";

export default rule({
  id: "dms-3",
  title: "Replication instances take minor versions by themselves",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.6", "CKV_AWS_222"],
  suppressible: true,
  remediation: "Set autoMinorVersionUpgrade: true.",
  ...requires(INSTANCE, "autoMinorVersionUpgrade", isTrue, "fixes of the replication engine must come by themselves"),
});
