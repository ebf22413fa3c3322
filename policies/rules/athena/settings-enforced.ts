import { ENCRYPTION } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "athena-2",
  title: "Workgroups enforce their settings",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_82"],
  suppressible: true,
  remediation: "Set enforceWorkgroupConfiguration to true.",
  ...requires(
    "aws:athena/workgroup:Workgroup",
    "configuration.enforceWorkgroupConfiguration",
    isTrue,
    "clients may override its settings, encryption among them",
  ),
});
