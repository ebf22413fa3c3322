import { ENCRYPTION } from "../../levels";
import { isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

const SECRET = "aws:secretsmanager/secret:Secret";

/** The rule judges secrets, and databases whose administrator's secret RDS manages. */
export default rule({
  id: "sm-2",
  title: "Secrets are encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_149"],
  suppressible: true,
  remediation: "Set kmsKeyId of the secret, or masterUserSecretKmsKeyId of the database, to a customer managed key.",
  types: [SECRET, "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"],
  check({ type, props }) {
    if (type === SECRET) {
      return isCustomerKey(props.kmsKeyId) ? compliant : violation("it is not encrypted with a customer managed key");
    }
    if (!isTrue(props.manageMasterUserPassword)) return notApplicable("RDS manages no secret for it");
    return isCustomerKey(props.masterUserSecretKmsKeyId)
      ? compliant
      : violation("the secret of its administrator is not encrypted with a customer managed key");
  },
});
