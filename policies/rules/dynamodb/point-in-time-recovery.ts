import { DELETION } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "ddb-2",
  title: "Tables can be restored to a point in time",
  severity: "medium",
  kind: "deletion",
  levels: DELETION,
  maps: ["FSBP DynamoDB.2", "CKV_AWS_28", "cdk-nag DDB3"],
  suppressible: true,
  remediation: "Set pointInTimeRecovery.enabled to true.",
  ...requires("aws:dynamodb/table:Table", "pointInTimeRecovery.enabled", isTrue, "lost data cannot be restored"),
});
