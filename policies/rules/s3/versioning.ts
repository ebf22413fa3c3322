import { bucketCompanion, get } from "../../predicates";

export default bucketCompanion(
  "BucketVersioning",
  "versioning is not enabled",
  ({ props }) => get(props, "versioningConfiguration.status") === "Enabled",
);
