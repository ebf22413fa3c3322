import { isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CLUSTER, INSTANCE, isReplica } from "./databases";

const rule: Rule = {
  types: [INSTANCE, CLUSTER],
  check(resource) {
    if (isReplica(resource)) return notApplicable("a replica is encrypted as its source is");
    const { storageEncrypted, kmsKeyId } = resource.props;
    return isTrue(storageEncrypted) && isCustomerKey(kmsKeyId)
      ? compliant
      : violation("its storage is not encrypted with a customer managed key");
  },
};
export default rule;
