import { OTHER } from "../../levels";
import { listOf } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, isReplica, kindOf } from "./databases";

/** The logs that an investigation needs, by engine. The general log of MySQL is left out: it has the text, and so the data, of every query. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "aurora-mysql": ["error", "slowquery"],
  "aurora-postgresql": ["postgresql"],
  mariadb: ["error", "slowquery"],
  mysql: ["error", "slowquery"],
  oracle: ["alert", "audit", "listener", "trace"],
  postgres: ["postgresql", "upgrade"],
  sqlserver: ["error"],
};

export default rule({
  id: "rds-10",
  title: "Databases send their logs to CloudWatch",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP RDS.9", "FSBP RDS.36", "FSBP RDS.37", "FSBP RDS.40", "FSBP RDS.42", "CKV_AWS_129"],
  suppressible: true,
  remediation: "Set enabledCloudwatchLogsExports to the logs of the engine.",
  types: [INSTANCE, CLUSTER],
  check(resource) {
    const { props } = resource;
    if (isReplica(resource)) return notApplicable("its source has the logs");
    const exported = listOf(props.enabledCloudwatchLogsExports);
    const needed = NEEDED[kindOf(props)];
    if (needed === undefined) {
      return exported.length > 0 ? compliant : violation("no log is sent to CloudWatch");
    }
    const missing = needed.filter((log) => !exported.includes(log));
    return missing.length === 0 ? compliant : violation(`logs are not sent to CloudWatch: ${missing.join(", ")}`);
  },
});
