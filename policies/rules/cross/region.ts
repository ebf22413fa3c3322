import { OTHER } from "../../levels";
import { shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "cross-2",
  title: "Resources stay in allowed regions",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: false,
  remediation: "Deploy to an allowed region.",
  types: ["pulumi:providers:aws"],
  check({ props }, { settings }) {
    if (settings.allowedRegions.length === 0) return notApplicable("the environment allows every region");
    return settings.allowedRegions.includes(String(props.region))
      ? compliant
      : violation(`region is ${shown(props.region)}; allowed: ${settings.allowedRegions.join(", ")}`);
  },
});
