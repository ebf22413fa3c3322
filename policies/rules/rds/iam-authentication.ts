import { isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CLUSTER, INSTANCE, isReplica, kindOf } from "./databases";

const rule: Rule = {
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
};
export default rule;
