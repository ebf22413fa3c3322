import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CONFIG, INSTANCE, LAKE_ENDPOINT, PROFILE } from "./migrations";

/** The property that names the key, by type. */
const KEYS: Readonly<Record<string, string>> = {
  [INSTANCE]: "kmsKeyArn",
  [CONFIG]: "computeConfig.kmsKeyId",
  [PROFILE]: "kmsKeyArn",
  [LAKE_ENDPOINT]: "serverSideEncryptionKmsKeyId",
};

export default rule({
  id: "dms-2",
  title: "Migrations, and the files that they write, are encrypted with a customer managed key",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_212", "CKV_AWS_298"],
  suppressible: true,
  remediation:
    "Set kmsKeyArn (instances, profiles), computeConfig.kmsKeyId (serverless), or encryptionMode SSE_KMS and its key (S3).",
  types: [INSTANCE, CONFIG, PROFILE, LAKE_ENDPOINT],
  check({ type, props }) {
    if (type === LAKE_ENDPOINT) {
      if (props.endpointType === "source") return notApplicable("a source endpoint writes nothing");
      if (!/^sse[_-]kms$/i.test(String(props.encryptionMode)))
        return violation("its files are not encrypted with KMS: encryptionMode is not SSE_KMS");
    }
    const path = KEYS[type] ?? "";
    return isCustomerKey(get(props, path)) ? compliant : violation(`it has no customer managed key in ${path}`);
  },
});
