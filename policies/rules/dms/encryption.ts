import { get, isCustomerKey } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { CONFIG, INSTANCE, LAKE_ENDPOINT, PROFILE } from "./migrations";

/** Where each type names its key. */
const KEYS: Readonly<Record<string, string>> = {
  [INSTANCE]: "kmsKeyArn",
  [CONFIG]: "computeConfig.kmsKeyId",
  [PROFILE]: "kmsKeyArn",
  [LAKE_ENDPOINT]: "serverSideEncryptionKmsKeyId",
};

const rule: Rule = {
  types: [INSTANCE, CONFIG, PROFILE, LAKE_ENDPOINT],
  check({ type, props }) {
    if (type === LAKE_ENDPOINT) {
      if (props.endpointType === "source") return notApplicable("it writes nothing");
      if (!/^sse[_-]kms$/i.test(String(props.encryptionMode)))
        return violation("its files are not encrypted by KMS: encryptionMode is not SSE_KMS");
    }
    const path = KEYS[type] ?? "";
    return isCustomerKey(get(props, path)) ? compliant : violation(`it has no customer managed key: ${path}`);
  },
};
export default rule;
