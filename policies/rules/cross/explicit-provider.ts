import { EXPLICIT } from "../../levels";
import { compliant, rule, violation } from "../../rule";
import { TAGGABLE } from "./types";

export default rule({
  id: "cross-5",
  title: "Resources use an explicit provider",
  severity: "medium",
  kind: "other",
  levels: EXPLICIT,
  maps: [],
  suppressible: true,
  remediation: "Pass an aws.Provider with the account and region of the environment.",
  types: TAGGABLE,
  check({ opts }) {
    // The URN, or in a state the URN and the id: urn:pulumi:<stack>::<project>::<type>::<name>[::<id>]
    const name = opts?.provider?.split("::")[3] ?? "default";
    return /^default(_|$)/.test(name)
      ? violation("it uses the default provider, whose account and region depend on the machine")
      : compliant;
  },
});
