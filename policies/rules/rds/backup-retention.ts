import { DELETION } from "../../levels";
import { atLeast, shown } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, isReplica } from "./databases";

const LEAST = 7;
const LEAST_IN_PROD = 14;

export default rule({
  id: "rds-7",
  title: "Databases keep backups for a week, and for two weeks in production",
  severity: "high",
  kind: "deletion",
  levels: DELETION,
  maps: ["FSBP RDS.11", "CKV_AWS_133", "cdk-nag RDS13"],
  suppressible: true,
  remediation: "Set backupRetentionPeriod to 7 or more, and in production to 14 or more.",
  types: [INSTANCE, CLUSTER],
  check(resource, { environment }) {
    if (isReplica(resource)) return notApplicable("its source is backed up");
    const least = ["dev", "local"].includes(environment) ? LEAST : LEAST_IN_PROD;
    const { backupRetentionPeriod: days } = resource.props;
    return atLeast(least)(days)
      ? compliant
      : violation(`backupRetentionPeriod is ${shown(days)}: the database can be restored for less than ${least} days`);
  },
});
