import { ENCRYPTION } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "appsync-4",
  title: "GraphQL caches are encrypted in transit",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP AppSync.6", "CKV_AWS_215"],
  suppressible: true,
  remediation: "Set transitEncryptionEnabled to true.",
  ...requires(
    "aws:appsync/apiCache:ApiCache",
    "transitEncryptionEnabled",
    isTrue,
    "cached answers are not encrypted in transit",
  ),
});
