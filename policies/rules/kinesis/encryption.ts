import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "kds-1",
  title: "Data streams are encrypted with a customer managed key",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP Kinesis.1", "CKV_AWS_43", "CKV_AWS_185", "cdk-nag KDS3"],
  suppressible: true,
  remediation: "Set encryptionType to KMS, and kmsKeyId to a customer managed key.",
  types: ["aws:kinesis/stream:Stream"],
  check: ({ props }) =>
    get(props, "encryptionType") === "KMS" && isCustomerKey(get(props, "kmsKeyId"))
      ? compliant
      : violation("records are not encrypted with a customer managed key"),
});
