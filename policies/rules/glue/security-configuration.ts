import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

const PARTS = [
  ["cloudwatchEncryption", "cloudwatchEncryptionMode", "SSE-KMS"],
  ["jobBookmarksEncryption", "jobBookmarksEncryptionMode", "CSE-KMS"],
  ["s3Encryption", "s3EncryptionMode", "SSE-KMS"],
] as const;

export default rule({
  id: "glue-3",
  title: "Security configurations encrypt logs, bookmarks and output",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_99"],
  suppressible: true,
  remediation: "Set all three modes with a customer managed key.",
  types: ["aws:glue/securityConfiguration:SecurityConfiguration"],
  check({ props }) {
    const open = PARTS.filter(([part, mode, wanted]) => {
      const one = get(props, `encryptionConfiguration.${part}`);
      return get(one, mode) !== wanted || !isCustomerKey(get(one, "kmsKeyArn"));
    }).map(([part]) => part);
    return open.length === 0
      ? compliant
      : violation(`these parts are not encrypted with a customer managed key: ${open.join(", ")}`);
  },
});
