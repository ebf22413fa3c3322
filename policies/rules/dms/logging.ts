import { compliant, violation, type Props, type Rule } from "../../rule";
import { CONFIG, TASK } from "./migrations";

/** Reading and writing, of the load and of changes. */
const PARTS = ["SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD"];
const ENOUGH = ["LOGGER_SEVERITY_DEFAULT", "LOGGER_SEVERITY_DEBUG", "LOGGER_SEVERITY_DETAILED_DEBUG"];

const rule: Rule = {
  types: [TASK, CONFIG],
  check({ type, props }) {
    const logging = loggingOf(type === TASK ? props.replicationTaskSettings : props.replicationSettings);
    if (logging?.EnableLogging !== true) return violation("it logs nothing: Logging.EnableLogging is not true");
    const components = Array.isArray(logging.LogComponents) ? (logging.LogComponents as Props[]) : [];
    const quiet = PARTS.filter(
      (part) => !components.some(({ Id, Severity }) => Id === part && ENOUGH.includes(String(Severity))),
    );
    return quiet.length === 0
      ? compliant
      : violation(`it does not log ${quiet.join(", ")} at LOGGER_SEVERITY_DEFAULT or more`);
  },
};
export default rule;

/** The logging of settings that can be read. */
function loggingOf(settings: unknown): Props | undefined {
  if (typeof settings !== "string") return undefined;
  try {
    return (JSON.parse(settings) as { Logging?: Props } | null)?.Logging;
  } catch {
    return undefined;
  }
}
