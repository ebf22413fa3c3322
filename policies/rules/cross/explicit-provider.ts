import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { TAGGABLE } from "./types";

const rule: Rule = {
  types: TAGGABLE,
  check({ opts }) {
    if (opts === undefined) return notApplicable("its options are not known");
    const name = opts.provider?.split("::").at(-1) ?? "default";
    return name.startsWith("default")
      ? violation("it uses the default provider, whatever account and region that points at")
      : compliant;
  },
};
export default rule;
