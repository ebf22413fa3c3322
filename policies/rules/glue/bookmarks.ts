import { OTHER } from "../../levels";
import { get } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "glue-6",
  title: "Jobs state whether they use bookmarks",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set --job-bookmark-option. A job with bookmarks also needs maxConcurrentRuns 1.",
  types: ["aws:glue/job:Job"],
  check({ props }) {
    if (get(props, "command.name") === "pythonshell") return notApplicable("Python shell jobs have no bookmarks");
    const option = (props.defaultArguments as Readonly<Record<string, unknown>> | undefined)?.["--job-bookmark-option"];
    if (!/^job-bookmark-(enable|disable|pause)$/.test(String(option)))
      return violation(
        "--job-bookmark-option is none of job-bookmark-enable, job-bookmark-disable and job-bookmark-pause",
      );
    const concurrent = Number(get(props, "executionProperty.maxConcurrentRuns") ?? 1);
    return option === "job-bookmark-enable" && concurrent !== 1
      ? violation(`bookmarks with ${concurrent} concurrent runs fail with a version mismatch; allowed: 1`)
      : compliant;
  },
});
