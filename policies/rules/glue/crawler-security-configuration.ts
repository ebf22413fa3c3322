import { isSet, requires } from "../../predicates";

export default requires(
  "aws:glue/crawler:Crawler",
  "securityConfiguration",
  isSet,
  "its logs and results are not encrypted with a key",
);
