import { get, isCustomerKey } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const PARTS = [
  ["cloudwatchEncryption", "cloudwatchEncryptionMode", "SSE-KMS"],
  ["jobBookmarksEncryption", "jobBookmarksEncryptionMode", "CSE-KMS"],
  ["s3Encryption", "s3EncryptionMode", "SSE-KMS"],
] as const;

const rule: Rule = {
  types: ["aws:glue/securityConfiguration:SecurityConfiguration"],
  check({ props }) {
    const open = PARTS.filter(([part, mode, wanted]) => {
      const one = get(props, `encryptionConfiguration.${part}`);
      return get(one, mode) !== wanted || !isCustomerKey(get(one, "kmsKeyArn"));
    }).map(([part]) => part);
    return open.length === 0 ? compliant : violation(`${open.join(", ")} not encrypted with a customer managed key`);
  },
};
export default rule;
