import { get, isCustomerKey, isTrue } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const SETTINGS = "dataCatalogEncryptionSettings";

const rule: Rule = {
  types: ["aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"],
  check({ props }) {
    const rest = get(props, `${SETTINGS}.encryptionAtRest`);
    if (get(rest, "catalogEncryptionMode") !== "SSE-KMS" || !isCustomerKey(get(rest, "sseAwsKmsKeyId"))) {
      return violation("the catalog is not encrypted with a customer managed key");
    }
    return isTrue(get(props, `${SETTINGS}.connectionPasswordEncryption.returnConnectionPasswordEncrypted`))
      ? compliant
      : violation("connection passwords are not encrypted");
  },
};
export default rule;
