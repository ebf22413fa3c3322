import { ENCRYPTION } from "../../levels";
import { isSet, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "glue-1",
  title: "Crawlers have a security configuration",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["cdk-nag GL1", "CKV_AWS_195"],
  suppressible: true,
  remediation: "Set securityConfiguration of the crawler.",
  ...requires(
    "aws:glue/crawler:Crawler",
    "securityConfiguration",
    isSet,
    "its logs and results are not encrypted with a key",
  ),
});
