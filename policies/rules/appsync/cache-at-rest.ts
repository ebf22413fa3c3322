import { isTrue, requires } from "../../predicates";

export default requires(
  "aws:appsync/apiCache:ApiCache",
  "atRestEncryptionEnabled",
  isTrue,
  "cached answers are not encrypted where they are kept",
);
