import { isSet, shown } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { CLUSTER, INSTANCE } from "./databases";

const USUAL = [1433, 1521, 3306, 5432];

const rule: Rule = {
  types: [INSTANCE, CLUSTER],
  check: ({ props: { port } }) =>
    isSet(port) && !USUAL.includes(Number(port))
      ? compliant
      : violation(`port is ${shown(port)}: the one everybody scans first`),
};
export default rule;
