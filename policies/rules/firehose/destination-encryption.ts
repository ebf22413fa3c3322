import { isCustomerKey, requires } from "../../predicates";

export default requires(
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  "extendedS3Configuration.kmsKeyArn",
  isCustomerKey,
  "what it writes to S3 is not encrypted with a customer managed key",
);
