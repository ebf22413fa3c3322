import { get, isTrue } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";
import { CONFIG, INSTANCE } from "./migrations";

const rule: Rule = {
  types: [INSTANCE, CONFIG],
  check({ type, props }) {
    const path = type === INSTANCE ? "multiAz" : "computeConfig.multiAz";
    return isTrue(get(props, path)) ? compliant : violation(`it stops with its zone: ${path} is not true`);
  },
};
export default rule;
