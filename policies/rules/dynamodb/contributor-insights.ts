import { ADVICE } from "../../levels";
import { requiresCompanion } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "ddb-9",
  title: "Tables show their hot keys",
  severity: "low",
  kind: "other",
  levels: ADVICE,
  maps: [],
  suppressible: true,
  remediation: "Add ContributorInsights.",
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
        : violation("nobody sees its most accessed and throttled keys: Contributor Insights is off"),
  ),
});
