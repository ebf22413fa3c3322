import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { attributes, ENDPOINT } from "./migrations";

const rule: Rule = {
  types: [ENDPOINT],
  check({ props }) {
    if (props.engineName !== "neptune") return notApplicable("it is not of Neptune");
    return ["true", "y"].includes(attributes(props).get("iamauthenabled") ?? "")
      ? compliant
      : violation("it connects to Neptune without IAM: extraConnectionAttributes has no iamAuthEnabled=true");
  },
};
export default rule;
