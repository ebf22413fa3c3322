import { OTHER } from "../../levels";
import { get, isTrue } from "../../predicates";
import { compliant, rule, violation } from "../../rule";
import { CONFIG, INSTANCE } from "./migrations";

export default rule({
  id: "dms-9",
  title: "Migrations survive the loss of an availability zone",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.13"],
  suppressible: true,
  remediation: "Set multiAz to true.",
  types: [INSTANCE, CONFIG],
  check({ type, props }) {
    const path = type === INSTANCE ? "multiAz" : "computeConfig.multiAz";
    return isTrue(get(props, path)) ? compliant : violation(`it stops when its zone fails: ${path} is not true`);
  },
});
