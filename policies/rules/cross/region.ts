import { shown } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["pulumi:providers:aws"],
  check({ props }, { settings }) {
    if (settings.allowedRegions.length === 0) return notApplicable("the environment allows every region");
    return settings.allowedRegions.includes(String(props.region))
      ? compliant
      : violation(`region is ${shown(props.region)}; allowed: ${settings.allowedRegions.join(", ")}`);
  },
};
export default rule;
