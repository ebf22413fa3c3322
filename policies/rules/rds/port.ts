import { ADVICE } from "../../levels";
import { isSet, shown } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE } from "./databases";

const USUAL = [1433, 1521, 3306, 5432];

export default rule({
  id: "rds-20",
  title: "Databases do not use the default port of their engine",
  severity: "low",
  kind: "other",
  levels: ADVICE,
  maps: ["FSBP RDS.23", "cdk-nag RDS11"],
  suppressible: true,
  remediation: "Set port to another port than the default of an engine.",
  types: [INSTANCE, CLUSTER],
  check: ({ props: { port } }) =>
    isSet(port) && !USUAL.includes(Number(port))
      ? compliant
      : violation(`port is ${shown(port)}: attackers scan default ports first`),
});
