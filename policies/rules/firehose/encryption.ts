import { get, isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
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
      : violation("records on their way are not encrypted with a customer managed key");
  },
};
export default rule;
