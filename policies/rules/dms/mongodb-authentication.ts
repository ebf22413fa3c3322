import { OTHER } from "../../levels";
import { get } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { ENDPOINT } from "./migrations";

export default rule({
  id: "dms-5",
  title: "MongoDB knows who connects",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.11"],
  suppressible: true,
  remediation: "Set mongodbSettings.authType: password, with a secret.",
  types: [ENDPOINT],
  check({ props }) {
    if (props.engineName !== "mongodb") return notApplicable("it is not of MongoDB");
    return get(props, "mongodbSettings.authType") === "password"
      ? compliant
      : violation("it connects to MongoDB as nobody: mongodbSettings.authType is not password");
  },
});
