import { get } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { ENDPOINT } from "./migrations";

const rule: Rule = {
  types: [ENDPOINT],
  check({ props }) {
    if (props.engineName !== "mongodb") return notApplicable("it is not of MongoDB");
    return get(props, "mongodbSettings.authType") === "password"
      ? compliant
      : violation("it connects to MongoDB as nobody: mongodbSettings.authType is not password");
  },
};
export default rule;
