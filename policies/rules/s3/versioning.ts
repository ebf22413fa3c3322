import { OTHER } from "../../levels";
import { bucketCompanion, get } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "s3-7",
  title: "Buckets keep old versions of objects",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["CKV_AWS_21"],
  suppressible: true,
  remediation: "Add a BucketVersioning with the status Enabled.",
  ...bucketCompanion(
    "BucketVersioning",
    "versioning is not enabled",
    ({ props }) => get(props, "versioningConfiguration.status") === "Enabled",
  ),
});
