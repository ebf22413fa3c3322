import { ENCRYPTION } from "../../levels";
import { isCustomerKey, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "kdf-2",
  title: "Delivery streams encrypt the objects that they write",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: [],
  suppressible: true,
  remediation: "Set extendedS3Configuration.kmsKeyArn to a customer managed key.",
  ...requires(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    "extendedS3Configuration.kmsKeyArn",
    isCustomerKey,
    "the objects that it writes to S3 are not encrypted with a customer managed key",
  ),
});
