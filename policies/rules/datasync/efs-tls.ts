import { ENCRYPTION } from "../../levels";
import { equals, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "datasync-3",
  title: "Transfers use TLS for EFS",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: [],
  suppressible: true,
  remediation: "Set inTransitEncryption to TLS1_2.",
  ...requires(
    "aws:datasync/efsLocation:EfsLocation",
    "inTransitEncryption",
    equals("TLS1_2"),
    "files go to the file system unencrypted",
  ),
});
