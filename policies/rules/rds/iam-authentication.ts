import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, isReplica, kindOf } from "./databases";

export default rule({
  id: "rds-13",
  title: "Databases accept IAM authentication",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.10", "FSBP RDS.12", "CKV_AWS_161", "CKV_AWS_162"],
  suppressible: true,
  remediation: "Set iamDatabaseAuthenticationEnabled to true.",
  types: [INSTANCE, CLUSTER],
  check(resource) {
    const { props } = resource;
    const kind = kindOf(props);
    if (["oracle", "sqlserver"].includes(kind)) return notApplicable(`${kind} does not support IAM authentication`);
    if (isReplica(resource) && props.iamDatabaseAuthenticationEnabled === undefined)
      return notApplicable("its source decides on it");
    return isTrue(props.iamDatabaseAuthenticationEnabled)
      ? compliant
      : violation("no user can connect without a password: iamDatabaseAuthenticationEnabled is not true");
  },
});
