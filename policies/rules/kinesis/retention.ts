import { ADVICE } from "../../levels";
import { atLeast, requires } from "../../predicates";
import { rule } from "../../rule";

/** A consumer that stops on a Friday can be repaired on Monday: https://docs.aws.amazon.com/securityhub/latest/userguide/kinesis-controls.html. */
const WEEK = 168;

export default rule({
  id: "kds-2",
  title: "Data streams keep records for a week",
  severity: "low",
  kind: "other",
  levels: ADVICE,
  maps: ["FSBP Kinesis.3"],
  suppressible: true,
  remediation: "Set retentionPeriod to 168 or more.",
  ...requires(
    "aws:kinesis/stream:Stream",
    "retentionPeriod",
    atLeast(WEEK),
    "records are deleted before a week is over",
  ),
});
