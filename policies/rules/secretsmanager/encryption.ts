import { ENCRYPTION } from "../../levels";
import { isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

const SECRET = "aws:secretsmanager/secret:Secret";

/** Secrets, and those RDS keeps of its administrators. */
export default rule({
  id: "sm-2",
  title: "Secrets are encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_149"],
  suppressible: true,
  remediation: "Set kmsKeyId, or masterUserSecretKmsKeyId.",
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
});
