import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, isReplica, kindOf } from "./databases";

export default rule({
  id: "rds-13",
  title: "Databases take IAM's tokens",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.10", "FSBP RDS.12", "CKV_AWS_161", "CKV_AWS_162"],
  suppressible: true,
  remediation: "Set iamDatabaseAuthenticationEnabled.",
  types: [INSTANCE, CLUSTER],
  check(resource) {
    const { props } = resource;
    const kind = kindOf(props);
    if (["oracle", "sqlserver"].includes(kind)) return notApplicable(`${kind} knows no tokens of IAM`);
    if (isReplica(resource) && props.iamDatabaseAuthenticationEnabled === undefined)
      return notApplicable("it is as its source is");
    return isTrue(props.iamDatabaseAuthenticationEnabled)
      ? compliant
      : violation("nobody can connect without a password: iamDatabaseAuthenticationEnabled is not true");
  },
});
