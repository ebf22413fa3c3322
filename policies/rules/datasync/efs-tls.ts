import { equals, requires } from "../../predicates";

export default requires(
  "aws:datasync/efsLocation:EfsLocation",
  "inTransitEncryption",
  equals("TLS1_2"),
  "files go to the file system unencrypted",
);
