import { atLeast, requires } from "../../predicates";

/** A consumer that stops on a Friday is mended by Monday: https://docs.aws.amazon.com/securityhub/latest/userguide/kinesis-controls.html */
const WEEK = 168;

export default requires(
  "aws:kinesis/stream:Stream",
  "retentionPeriod",
  atLeast(WEEK),
  "records are gone before a week is over",
);
