import { OTHER } from "../../levels";
import { shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, hasStandbys, INSTANCE, MEMBER } from "./databases";

const CURRENT = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];

export default rule({
  id: "rds-21",
  title: "Databases have a certificate of a current authority",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["CKV_AWS_211"],
  suppressible: true,
  remediation: "Set caCertIdentifier to rds-ca-rsa2048-g1.",
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ type, props }) {
    if (type === CLUSTER && !hasStandbys(props)) return notApplicable("its instances have the certificates");
    const authority = props.caCertIdentifier ?? props.caCertificateIdentifier;
    return CURRENT.includes(String(authority))
      ? compliant
      : violation(`the authority of its certificate is ${shown(authority)}; current ones are ${CURRENT.join(", ")}`);
  },
});
