import { compliant, violation, type Rule } from "../../rule";
import { STATEFUL } from "./types";

const rule: Rule = {
  types: STATEFUL,
  check: ({ opts }) =>
    opts?.protect === true
      ? compliant
      : violation("it holds data and is not protected: one wrong `pulumi destroy` loses it"),
};
export default rule;
