import { ENCRYPTION } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "appsync-3",
  title: "GraphQL caches are encrypted at rest",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP AppSync.1", "CKV_AWS_214"],
  suppressible: true,
  remediation: "Set atRestEncryptionEnabled to true.",
  ...requires(
    "aws:appsync/apiCache:ApiCache",
    "atRestEncryptionEnabled",
    isTrue,
    "cached answers are not encrypted at rest",
  ),
});
