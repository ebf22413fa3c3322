import { bucketCompanion, get } from "../../predicates";

export default bucketCompanion(
  "BucketOwnershipControls",
  "ACLs are not off: rule.objectOwnership is not BucketOwnerEnforced",
  ({ props }) => get(props, "rule.objectOwnership") === "BucketOwnerEnforced",
);
