import { ENCRYPTION } from "../../levels";
import { isCustomerKey, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "kdf-2",
  title: "Delivery streams encrypt what they write",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: [],
  suppressible: true,
  remediation: "Set extendedS3Configuration.kmsKeyArn.",
  ...requires(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    "extendedS3Configuration.kmsKeyArn",
    isCustomerKey,
    "what it writes to S3 is not encrypted with a customer managed key",
  ),
});
