import { requiresCompanion } from "../../predicates";
import { compliant, violation } from "../../rule";

export default requiresCompanion(
  "aws:dynamodb/table:Table",
  { type: "aws:dynamodb/contributorInsights:ContributorInsights", property: "tableName", identifiers: ["name", "id"] },
  (insights) =>
    insights.length > 0
      ? compliant
      : violation("nobody sees its most accessed and throttled keys: Contributor Insights is off"),
);
