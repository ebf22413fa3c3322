import { isSet, requires } from "../../predicates";

export default requires(
  "aws:glue/job:Job",
  "securityConfiguration",
  isSet,
  "its logs, bookmarks and output are not encrypted with a key",
);
