/** Writes quality rules in Glue's Data Quality Definition Language. */

import type { Contract, QualityRule } from "./schema";

/** Writes a contract's rules about the dataset as a whole. The engines apply the rules that reject rows. */
export function renderDqdl(contract: Contract): string | undefined {
  const rules = contract.quality.filter((rule) => !("reject" in rule && rule.reject === true)).flatMap(ruleText);
  return rules.length === 0 ? undefined : `Rules = [\n${rules.map((rule) => `    ${rule}`).join(",\n")}\n]`;
}

function ruleText(rule: QualityRule): string[] {
  const column = "column" in rule ? quote(rule.column) : "";
  switch (rule.rule) {
    case "completeness":
      return [rule.atLeast === 1 ? `IsComplete ${column}` : `Completeness ${column} >= ${rule.atLeast}`];
    case "uniqueness":
      return [rule.atLeast === 1 ? `IsUnique ${column}` : `Uniqueness ${column} >= ${rule.atLeast}`];
    case "rowCount":
      return [`RowCount >= ${rule.atLeast}`];
    case "values":
      return [`ColumnValues ${column} in [${rule.in.map((v) => (typeof v === "string" ? quote(v) : v)).join(", ")}]`];
    case "range":
      return [
        ...(rule.min === undefined ? [] : [`ColumnValues ${column} >= ${rule.min}`]),
        ...(rule.max === undefined ? [] : [`ColumnValues ${column} <= ${rule.max}`]),
      ];
    case "pattern":
      return [`ColumnValues ${column} matches ${quote(rule.pattern)}`];
  }
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
