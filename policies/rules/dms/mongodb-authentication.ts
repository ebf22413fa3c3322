import { OTHER } from "../../levels";
import { get } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { ENDPOINT } from "./migrations";

export default rule({
  id: "dms-5",
  title: "Endpoints authenticate with MongoDB",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.11"],
  suppressible: true,
  remediation: "Set mongodbSettings.authType to password, with a secret.",
  types: [ENDPOINT],
  check({ props }) {
    if (props.engineName !== "mongodb") return notApplicable("its engine is not MongoDB");
    return get(props, "mongodbSettings.authType") === "password"
      ? compliant
      : violation("it connects to MongoDB without authentication: mongodbSettings.authType is not password");
  },
});
