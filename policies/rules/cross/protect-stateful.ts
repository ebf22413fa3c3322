import { PROTECT } from "../../levels";
import { compliant, rule, violation } from "../../rule";
import { STATEFUL } from "./types";

export default rule({
  id: "cross-4",
  title: "What holds data is protected",
  severity: "high",
  kind: "deletion",
  levels: PROTECT,
  maps: [],
  suppressible: true,
  remediation: "Set the resource option protect: true.",
  types: STATEFUL,
  check: ({ opts }) =>
    opts?.protect === true
      ? compliant
      : violation("it holds data and is not protected: one wrong `pulumi destroy` loses it"),
});
