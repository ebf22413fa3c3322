import { ADVICE } from "../../levels";
import { requiresCompanion } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "ddb-9",
  title: "Tables report their most used keys",
  severity: "low",
  kind: "other",
  levels: ADVICE,
  maps: [],
  suppressible: true,
  remediation: "Add a ContributorInsights for the table.",
  ...requiresCompanion(
    "aws:dynamodb/table:Table",
    {
      type: "aws:dynamodb/contributorInsights:ContributorInsights",
      property: "tableName",
      identifiers: ["name", "id"],
    },
    (insights) =>
      insights.length > 0
        ? compliant
        : violation("its most used and throttled keys are not reported: Contributor Insights is off"),
  ),
});
