import { DELETION } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "ddb-3",
  title: "Tables are protected from deletion",
  severity: "high",
  kind: "deletion",
  levels: DELETION,
  maps: ["FSBP DynamoDB.6"],
  suppressible: false,
  remediation: "Set deletionProtectionEnabled to true.",
  ...requires("aws:dynamodb/table:Table", "deletionProtectionEnabled", isTrue, "one request deletes the table"),
});
