import { isTrue, requires } from "../../predicates";

export default requires(
  "aws:athena/workgroup:Workgroup",
  "configuration.enforceWorkgroupConfiguration",
  isTrue,
  "clients may override its settings, encryption among them",
);
