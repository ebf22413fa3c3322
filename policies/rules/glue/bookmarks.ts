import { OTHER } from "../../levels";
import { get } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "glue-6",
  title: "Jobs say what they do about bookmarks",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set --job-bookmark-option; with bookmarks, maxConcurrentRuns 1.",
  types: ["aws:glue/job:Job"],
  check({ props }) {
    if (get(props, "command.name") === "pythonshell") return notApplicable("Python shell jobs have no bookmarks");
    const option = (props.defaultArguments as Readonly<Record<string, unknown>> | undefined)?.["--job-bookmark-option"];
    if (!/^job-bookmark-(enable|disable|pause)$/.test(String(option)))
      return violation("--job-bookmark-option does not say enable, disable or pause");
    const concurrent = Number(get(props, "executionProperty.maxConcurrentRuns") ?? 1);
    return option === "job-bookmark-enable" && concurrent !== 1
      ? violation(`bookmarks with ${concurrent} concurrent runs fail with a version mismatch; allowed: 1`)
      : compliant;
  },
});
