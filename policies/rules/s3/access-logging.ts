import { bucketCompanion, isLogDestination, isSet } from "../../predicates";

export default bucketCompanion(
  "BucketLogging",
  "its access log goes nowhere",
  ({ props }) => isSet(props.targetBucket),
  (bucket, stack) =>
    isLogDestination(bucket, stack) ? "it receives access logs itself; logging it would never end" : undefined,
);
