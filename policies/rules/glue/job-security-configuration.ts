import { ENCRYPTION } from "../../levels";
import { isSet, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "glue-2",
  title: "Jobs have a security configuration",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["cdk-nag GL3", "CKV_AWS_195"],
  suppressible: true,
  remediation: "Set securityConfiguration of the job.",
  ...requires(
    "aws:glue/job:Job",
    "securityConfiguration",
    isSet,
    "its logs, bookmarks and output are not encrypted with a key",
  ),
});
