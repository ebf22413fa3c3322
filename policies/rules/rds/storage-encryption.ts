import { ENCRYPTION } from "../../levels";
import { isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, isReplica } from "./databases";

export default rule({
  id: "rds-1",
  title: "Databases are encrypted with a customer managed key",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP RDS.3", "FSBP RDS.27", "CKV_AWS_16", "CKV_AWS_96", "CKV_AWS_327", "cdk-nag RDS2"],
  suppressible: false,
  remediation: "Set storageEncrypted to true, and kmsKeyId to a customer managed key.",
  types: [INSTANCE, CLUSTER],
  check(resource) {
    if (isReplica(resource)) return notApplicable("a replica has the encryption of its source");
    const { storageEncrypted, kmsKeyId } = resource.props;
    return isTrue(storageEncrypted) && isCustomerKey(kmsKeyId)
      ? compliant
      : violation("its storage is not encrypted with a customer managed key");
  },
});
