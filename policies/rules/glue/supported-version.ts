import { OTHER } from "../../levels";
import { get, shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

/** Older versions are at or near the end of their support: https://docs.aws.amazon.com/glue/latest/dg/release-notes.html. */
const SUPPORTED = ["4.0", "5.0", "5.1"];

export default rule({
  id: "glue-5",
  title: "Jobs run on a supported version of Glue",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP Glue.4"],
  suppressible: true,
  remediation: "Set glueVersion to 5.0.",
  types: ["aws:glue/job:Job"],
  check({ props }) {
    if (get(props, "command.name") === "pythonshell") return notApplicable("Python shell jobs have no Spark version");
    return SUPPORTED.includes(String(props.glueVersion))
      ? compliant
      : violation(`glueVersion is ${shown(props.glueVersion)}; supported: ${SUPPORTED.join(", ")}`);
  },
});
