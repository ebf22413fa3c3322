import { isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const SECRET = "aws:secretsmanager/secret:Secret";

/** Secrets, and those RDS keeps of its administrators. */
const rule: Rule = {
  types: [SECRET, "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"],
  check({ type, props }) {
    if (type === SECRET) {
      return isCustomerKey(props.kmsKeyId) ? compliant : violation("it is not encrypted with a customer managed key");
    }
    if (!isTrue(props.manageMasterUserPassword)) return notApplicable("RDS keeps no secret of it");
    return isCustomerKey(props.masterUserSecretKmsKeyId)
      ? compliant
      : violation("its administrator's secret is not encrypted with a customer managed key");
  },
};
export default rule;
