import { DELETION } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { CLUSTER, GLOBAL, INSTANCE } from "./databases";

export default rule({
  id: "rds-5",
  title: "Databases are protected from deletion",
  severity: "high",
  kind: "deletion",
  levels: DELETION,
  maps: ["FSBP RDS.7", "FSBP RDS.8", "CKV_AWS_139", "CKV_AWS_293", "cdk-nag RDS10"],
  suppressible: true,
  remediation: "Set deletionProtection to true.",
  types: [INSTANCE, CLUSTER, GLOBAL],
  check: ({ props }) => (isTrue(props.deletionProtection) ? compliant : violation("one request deletes the database")),
});
