import { isSet, requires } from "../../predicates";

export default requires(
  "aws:athena/workgroup:Workgroup",
  "configuration.bytesScannedCutoffPerQuery",
  isSet,
  "one query may scan the whole lake",
);
