import { PROTECT } from "../../levels";
import { compliant, rule, violation } from "../../rule";
import { STATEFUL } from "./types";

export default rule({
  id: "cross-4",
  title: "Resources that hold data are protected",
  severity: "high",
  kind: "deletion",
  levels: PROTECT,
  maps: [],
  suppressible: true,
  remediation: "Set the resource option protect to true.",
  types: STATEFUL,
  check: ({ opts }) =>
    opts?.protect === true
      ? compliant
      : violation("it holds data and is not protected: one `pulumi destroy` by mistake deletes it"),
});
