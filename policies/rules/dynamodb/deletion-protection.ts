import { isTrue, requires } from "../../predicates";

export default requires(
  "aws:dynamodb/table:Table",
  "deletionProtectionEnabled",
  isTrue,
  "one request deletes the table",
);
