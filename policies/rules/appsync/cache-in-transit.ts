import { isTrue, requires } from "../../predicates";

export default requires(
  "aws:appsync/apiCache:ApiCache",
  "transitEncryptionEnabled",
  isTrue,
  "cached answers are not encrypted on their way",
);
