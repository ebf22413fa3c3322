import { isTrue } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { CLUSTER, GLOBAL, INSTANCE } from "./databases";

const rule: Rule = {
  types: [INSTANCE, CLUSTER, GLOBAL],
  check: ({ props }) => (isTrue(props.deletionProtection) ? compliant : violation("one request deletes the database")),
};
export default rule;
