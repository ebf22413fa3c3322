import { get } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
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
};
export default rule;
