import { get } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:athena/workgroup:Workgroup"],
  check({ props }) {
    if (get(props, "configuration") === undefined) return violation("it has no configuration to enforce");
    return get(props, "configuration.enforceWorkgroupConfiguration") === false
      ? violation("clients may override its settings")
      : compliant;
  },
};
export default rule;
