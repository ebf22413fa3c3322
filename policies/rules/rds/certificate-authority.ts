import { shown } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CLUSTER, hasStandbys, INSTANCE, MEMBER } from "./databases";

const CURRENT = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];

const rule: Rule = {
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ type, props }) {
    if (type === CLUSTER && !hasStandbys(props)) return notApplicable("its instances have the certificates");
    const authority = props.caCertIdentifier ?? props.caCertificateIdentifier;
    return CURRENT.includes(String(authority))
      ? compliant
      : violation(`its certificate's authority is ${shown(authority)}; current ones are ${CURRENT.join(", ")}`);
  },
};
export default rule;
