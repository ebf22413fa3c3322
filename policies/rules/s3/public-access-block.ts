import { bucketCompanion, isTrue } from "../../predicates";

const SETTINGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export default bucketCompanion("BucketPublicAccessBlock", `not all of ${SETTINGS.join(", ")} are true`, ({ props }) =>
  SETTINGS.every((setting) => isTrue(props[setting])),
);
