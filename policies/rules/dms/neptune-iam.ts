import { OTHER } from "../../levels";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { attributes, ENDPOINT } from "./migrations";

export default rule({
  id: "dms-7",
  title: "Endpoints authenticate with Neptune by IAM",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.10"],
  suppressible: true,
  remediation: "Set iamAuthEnabled=true in extraConnectionAttributes.",
  types: [ENDPOINT],
  check({ props }) {
    if (props.engineName !== "neptune") return notApplicable("its engine is not Neptune");
    return ["true", "y"].includes(attributes(props).get("iamauthenabled") ?? "")
      ? compliant
      : violation("it connects to Neptune without IAM: extraConnectionAttributes has no iamAuthEnabled=true");
  },
});
