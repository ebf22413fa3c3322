import { DELETION } from "../../levels";
import { atLeast, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "kms-3",
  title: "Keys wait 30 days before they are deleted",
  severity: "high",
  kind: "deletion",
  levels: DELETION,
  maps: ["FSBP KMS.3"],
  suppressible: true,
  remediation: "Set deletionWindowInDays to 30.",
  ...requires(
    "aws:kms/key:Key",
    "deletionWindowInDays",
    atLeast(30),
    "there are less than 30 days to notice a deletion by mistake",
  ),
});
