import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey, isTrue } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

const SETTINGS = "dataCatalogEncryptionSettings";

export default rule({
  id: "glue-4",
  title: "The data catalog is encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_94"],
  suppressible: true,
  remediation: "Set SSE-KMS with a customer managed key, and encrypt connection passwords.",
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
});
