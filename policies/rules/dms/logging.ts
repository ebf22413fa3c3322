import { OTHER } from "../../levels";
import { compliant, type Props, rule, violation } from "../../rule";
import { CONFIG, TASK } from "./migrations";

/** The components that log reading and writing, of the full load and of changes. */
const PARTS = ["SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD"];
const ENOUGH = ["LOGGER_SEVERITY_DEFAULT", "LOGGER_SEVERITY_DEBUG", "LOGGER_SEVERITY_DETAILED_DEBUG"];

export default rule({
  id: "dms-8",
  title: "Migrations log reads and writes",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP DMS.7", "FSBP DMS.8"],
  suppressible: true,
  remediation: "Set Logging.EnableLogging to true, and log the four components at LOGGER_SEVERITY_DEFAULT or more.",
  types: [TASK, CONFIG],
  check({ type, props }) {
    const logging = loggingOf(type === TASK ? props.replicationTaskSettings : props.replicationSettings);
    if (logging?.EnableLogging !== true) return violation("it logs nothing: Logging.EnableLogging is not true");
    const components = Array.isArray(logging.LogComponents) ? (logging.LogComponents as Props[]) : [];
    const silent = PARTS.filter(
      (part) => !components.some(({ Id, Severity }) => Id === part && ENOUGH.includes(String(Severity))),
    );
    return silent.length === 0
      ? compliant
      : violation(`it does not log ${silent.join(", ")} at LOGGER_SEVERITY_DEFAULT or more`);
  },
});

/** The logging settings, or undefined if the settings cannot be read. */
function loggingOf(settings: unknown): Props | undefined {
  if (typeof settings !== "string") return undefined;
  try {
    return (JSON.parse(settings) as { Logging?: Props } | null)?.Logging;
  } catch {
    return undefined;
  }
}
