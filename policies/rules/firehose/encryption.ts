import { ENCRYPTION } from "../../levels";
import { get, isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "kdf-1",
  title: "Delivery streams are encrypted with a customer managed key",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP DataFirehose.1", "CKV_AWS_240", "CKV_AWS_241", "cdk-nag KDF1"],
  suppressible: true,
  remediation: "Set serverSideEncryption with the keyType CUSTOMER_MANAGED_CMK and a keyArn.",
  types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
  check({ props }) {
    // https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
    if (get(props, "kinesisSourceConfiguration.kinesisStreamArn") !== undefined)
      return notApplicable("its records stay in the encrypted stream it reads");
    const encryption = get(props, "serverSideEncryption") as object | undefined;
    return isTrue(get(encryption, "enabled")) &&
      get(encryption, "keyType") === "CUSTOMER_MANAGED_CMK" &&
      isCustomerKey(get(encryption, "keyArn"))
      ? compliant
      : violation("records in the stream are not encrypted with a customer managed key");
  },
});
