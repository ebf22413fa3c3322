import { ENCRYPTION } from "../../levels";
import { isCustomerKey, isTrue } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { CLUSTER, INSTANCE, MEMBER } from "./databases";

export default rule({
  id: "rds-2",
  title: "Performance Insights is encrypted with a customer managed key",
  severity: "medium",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_354"],
  suppressible: true,
  remediation: "Set performanceInsightsKmsKeyId to a customer managed key.",
  types: [INSTANCE, MEMBER, CLUSTER],
  check({ props }) {
    if (!isTrue(props.performanceInsightsEnabled)) return notApplicable("Performance Insights is off");
    return isCustomerKey(props.performanceInsightsKmsKeyId)
      ? compliant
      : violation("Performance Insights, which stores texts of queries, is not encrypted with a customer managed key");
  },
});
