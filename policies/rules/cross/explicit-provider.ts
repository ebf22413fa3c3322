import { compliant, violation, type Rule } from "../../rule";
import { TAGGABLE } from "./types";

const rule: Rule = {
  types: TAGGABLE,
  check({ opts }) {
    // The URN, or in a state the URN and the id: urn:pulumi:<stack>::<project>::<type>::<name>[::<id>]
    const name = opts?.provider?.split("::")[3] ?? "default";
    return /^default(_|$)/.test(name)
      ? violation("it uses the default provider, whatever account and region that points at")
      : compliant;
  },
};
export default rule;
